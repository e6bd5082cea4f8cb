// Flight agent of the travel example: from where to where, and an invented timetable that is always the same.
import { CITY_NAMES, citiesIn } from './cities.mjs';
import { lastQuestion, serveChatAgent, textOf } from './chat-agent.mjs';

const CRUISE_KMH = 850;
const TAXI_AND_CLIMB_HOURS = 0.6;
const EARTH_RADIUS_KM = 6371;

serveChatAgent({
  name: 'flight_agent',
  port: Number(process.env.PORT ?? 10520),
  model: 'claude-3-5-sonnet',
  lookUp: (messages) => {
    const { origin, destination } = tripMeant(messages);
    if (destination === undefined) return [`Where would you like to fly? I know ${CITY_NAMES.join(', ')}.`];
    if (origin === undefined) return [`From which city would you like to fly to ${destination.name}?`];
    return [timetable(origin, destination)];
  },
});

/** "from A to B", "to B from A", "A to B"; what the last message leaves out is taken from earlier ones. */
function tripMeant(messages) {
  const question = lastQuestion(messages);
  const texts = [question, ...messages.slice(0, messages.lastIndexOf(question)).reverse()].map(textOf);
  let origin;
  let destination;
  for (const text of texts) {
    const mentions = citiesIn(text);
    const after = (word) =>
      mentions.find(({ index }) => new RegExp(`\\b${word}\\s*$`, 'i').test(text.slice(0, index)))?.city;
    destination ??= after('to') ?? mentions.map(({ city }) => city).findLast((city) => city !== after('from'));
    origin ??= after('from') ?? mentions.map(({ city }) => city).find((city) => city !== destination);
    if (origin !== undefined && destination !== undefined) break;
  }
  return { origin, destination };
}

function timetable(origin, destination) {
  const hours = distanceKm(origin, destination) / CRUISE_KMH + TAXI_AND_CLIMB_HOURS;
  const seed = origin.airport.charCodeAt(0) * 31 + destination.airport.charCodeAt(0) * 17;
  const flights = [0, 1, 2].map((slot) => {
    const departure = 7 + slot * 5 + (seed % 12) * 0.25;
    const arrival = departure + hours - origin.utcOffsetHours + destination.utcOffsetHours;
    const price = Math.round(40 + hours * 48 + ((seed * (slot + 3)) % 60));
    return `OA ${100 + ((seed + slot * 7) % 800)} leaves at ${clock(departure)} and arrives at ${clock(arrival)} local time for ${price} EUR`;
  });
  return `Flights from ${origin.name} (${origin.airport}) to ${destination.name} (${destination.airport}): ${flights.join('; ')}.`;
}

function clock(hours) {
  const minutes = (((Math.round(hours * 12) * 5) % 1440) + 1440) % 1440;
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** Great-circle distance (haversine formula). */
function distanceKm(a, b) {
  const radians = (degrees) => (degrees * Math.PI) / 180;
  const squareOfHalfChord =
    Math.sin(radians(b.latitude - a.latitude) / 2) ** 2 +
    Math.cos(radians(a.latitude)) *
      Math.cos(radians(b.latitude)) *
      Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(squareOfHalfChord));
}
