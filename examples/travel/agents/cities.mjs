// Offline data of the travel example: cities, their airports and three days of weather. Invented, and always the same.

/** [sky, high in °C, low in °C, chance of rain in percent] for today, tomorrow and the day after. */
const CITIES = [
  city('New York', ['NYC', 'New York City'], 'JFK', 40.6, -73.8, -5, [
    ['clear', 24, 16, 5],
    ['partly cloudy', 22, 15, 20],
    ['rain', 18, 13, 80],
  ]),
  city('Paris', [], 'CDG', 49.0, 2.5, 1, [
    ['partly cloudy', 21, 13, 15],
    ['light rain', 18, 12, 65],
    ['clear', 23, 14, 5],
  ]),
  city('London', [], 'LHR', 51.5, -0.5, 0, [
    ['light rain', 17, 11, 70],
    ['cloudy', 18, 11, 35],
    ['partly cloudy', 19, 12, 20],
  ]),
  city('Rome', [], 'FCO', 41.8, 12.2, 1, [
    ['clear', 29, 19, 0],
    ['clear', 30, 20, 0],
    ['thunderstorms', 26, 18, 75],
  ]),
  city('Oslo', [], 'OSL', 60.2, 11.1, 1, [
    ['cloudy', 12, 5, 30],
    ['rain', 10, 4, 85],
    ['cloudy', 11, 4, 40],
  ]),
  city('Berlin', [], 'BER', 52.4, 13.5, 1, [
    ['clear', 22, 12, 5],
    ['partly cloudy', 21, 13, 20],
    ['cloudy', 19, 12, 40],
  ]),
  city('Madrid', [], 'MAD', 40.5, -3.6, 1, [
    ['clear', 31, 18, 0],
    ['clear', 32, 19, 0],
    ['clear', 31, 19, 5],
  ]),
  city('Lisbon', [], 'LIS', 38.8, -9.1, 0, [
    ['clear', 26, 17, 5],
    ['partly cloudy', 25, 17, 10],
    ['clear', 27, 18, 0],
  ]),
  city('Istanbul', [], 'IST', 41.3, 28.7, 3, [
    ['partly cloudy', 25, 17, 10],
    ['clear', 26, 18, 5],
    ['clear', 27, 18, 5],
  ]),
  city('Tokyo', [], 'HND', 35.5, 139.8, 9, [
    ['cloudy', 26, 20, 45],
    ['rain', 23, 19, 90],
    ['partly cloudy', 27, 20, 25],
  ]),
  city('Singapore', [], 'SIN', 1.4, 104.0, 8, [
    ['thunderstorms', 31, 25, 80],
    ['thunderstorms', 32, 25, 75],
    ['cloudy', 31, 25, 50],
  ]),
  city('Sydney', [], 'SYD', -33.9, 151.2, 10, [
    ['clear', 19, 10, 5],
    ['clear', 20, 11, 5],
    ['light rain', 17, 10, 60],
  ]),
  city('Toronto', [], 'YYZ', 43.7, -79.6, -5, [
    ['cloudy', 20, 12, 35],
    ['clear', 22, 13, 5],
    ['clear', 23, 14, 5],
  ]),
  city('San Francisco', ['SFO'], 'SFO', 37.6, -122.4, -8, [
    ['fog', 17, 12, 10],
    ['fog', 17, 12, 10],
    ['clear', 19, 12, 5],
  ]),
];

/** All names, for the answer that lists what this example knows. */
export const CITY_NAMES = CITIES.map((entry) => entry.name);

/** Cities named in a text, in order: `[{ city, index }]`. */
export function citiesIn(text) {
  return CITIES.flatMap((entry) =>
    [...text.matchAll(entry.pattern)].map((match) => ({ city: entry, index: match.index })),
  ).sort((a, b) => a.index - b.index);
}

function city(name, otherNames, airport, latitude, longitude, utcOffsetHours, weather) {
  // Longest first, so that "New York City" is not read as "New York" and a rest.
  const names = [...otherNames, name, airport].sort((a, b) => b.length - a.length);
  return {
    name,
    airport,
    latitude,
    longitude,
    utcOffsetHours,
    weather,
    pattern: new RegExp(`\\b(?:${names.join('|')})\\b`, 'gi'),
  };
}
