import { existsSync } from 'node:fs';

/** Where operating systems keep their trusted certificate authorities (PEM), most common first. */
export const CA_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Arch, Gentoo, and the usual container images
  '/etc/pki/tls/certs/ca-bundle.crt', // Fedora, RHEL
  '/etc/ssl/ca-bundle.pem', // openSUSE
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // RHEL 7 and later
  '/etc/ssl/cert.pem', // Alpine, macOS
] as const;

/**
 * The system's CA bundle.
 *
 * @returns the first of the usual places that exists. When none does, the first one: what is compiled here may run in a
 *   container that has it, and where it is missing Envoy refuses to start instead of trusting everybody.
 */
export function findCaBundle(exists: (file: string) => boolean = existsSync): string {
  return CA_BUNDLES.find((file) => exists(file)) ?? CA_BUNDLES[0];
}
