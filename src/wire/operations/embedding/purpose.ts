/** What vectors are for, in each vendor's word. A word that stands nowhere here is sent on as the caller wrote it. */
const PURPOSES: readonly Readonly<Record<PurposeVendor, string>>[] = [
  { cohere: 'search_query', google: 'RETRIEVAL_QUERY', nova: 'GENERIC_RETRIEVAL' },
  { cohere: 'search_document', google: 'RETRIEVAL_DOCUMENT', nova: 'GENERIC_INDEX' },
  { cohere: 'classification', google: 'CLASSIFICATION', nova: 'CLASSIFICATION' },
  { cohere: 'clustering', google: 'CLUSTERING', nova: 'CLUSTERING' },
];

export type PurposeVendor = 'cohere' | 'google' | 'nova';

/** A purpose in a vendor's own word. */
export function purposeFor(vendor: PurposeVendor, purpose: string | undefined): string | undefined {
  if (purpose === undefined) return undefined;
  const word = purpose.toLowerCase();
  const row = PURPOSES.find((candidate) =>
    Object.values(candidate).some((spelling) => spelling.toLowerCase() === word),
  );
  return row?.[vendor] ?? purpose;
}
