// Weather agent of the travel example: which city is meant, and what the (offline) forecast says about it.
import { CITY_NAMES, citiesIn } from './cities.mjs';
import { earlierFindings, lastQuestion, serveChatAgent, textOf } from './chat-agent.mjs';

const DAYS = ['today', 'tomorrow', 'the day after tomorrow'];

serveChatAgent({
  name: 'weather_agent',
  port: Number(process.env.PORT ?? 10510),
  model: 'gpt-4o',
  lookUp: (messages) => {
    const places = placesMeant(messages);
    if (places.length === 0) return [`For which city would you like the weather? I know ${CITY_NAMES.join(', ')}.`];
    return places.map(forecast);
  },
});

/** "the weather in Rome" names its city; "the weather there" means where the trip goes, in this message or an earlier one. */
function placesMeant(messages) {
  const question = textOf(lastQuestion(messages));
  const named = unique(citiesIn(question).filter(({ index }) => !/\bfrom\s*$/i.test(question.slice(0, index))));
  if (named.length > 0) return named;
  const before = messages.slice(0, messages.lastIndexOf(lastQuestion(messages)));
  const earlier = [...earlierFindings(messages).reverse(), ...before.reverse().map(textOf)];
  for (const text of earlier) {
    const cities = citiesIn(text);
    const destination = cities.find(({ index }) => /\bto\s*$/i.test(text.slice(0, index))) ?? cities.at(-1);
    if (destination !== undefined) return [destination.city];
  }
  return [];
}

function forecast(city) {
  const days = city.weather.map(
    ([sky, high, low, rainPercent], day) =>
      `${DAYS[day]} ${sky}, ${low} to ${high} °C, ${rainPercent} % chance of rain`,
  );
  return `Weather in ${city.name}: ${days.join('; ')}.`;
}

function unique(mentions) {
  return [...new Set(mentions.map(({ city }) => city))];
}
