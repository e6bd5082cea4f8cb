"""The vendors' own Python clients through the gateway at sys.argv[1]; official-python-clients.test.ts runs it.

Asserts on chat, Responses and Messages, complete and streamed, with tools and errors. Prints one line per check that
passed; the first that fails ends it with a traceback.
"""

import sys

import anthropic
import openai

URL = sys.argv[1]
UPSTREAMS = [("openai", "gpt-test"), ("anthropic", "claude-test"), ("groq", "llama-test")]
INTRO = "Grüße aus 東京, 🚄 naïve שלום \"quoted\" line\n"
QUESTION = [{"role": "user", "content": "Grüße?"}]
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}}
CALLS = [("call_one", "weather", {"city": "Köln", "days": 3}), ("call_two", "clock", {})]

chat_client = openai.OpenAI(api_key="caller", base_url=f"{URL}/v1", max_retries=0)
message_client = anthropic.Anthropic(api_key="caller", base_url=URL, max_retries=0)


def same(actual, expected):
    assert actual == expected, f"{actual!r} is not {expected!r}"


def raises(kind, status, call):
    try:
        call()
    except kind as error:
        same(error.status_code, status)
        assert f"fake error {status}" in str(error), str(error)
        return
    raise AssertionError(f"no {kind.__name__} for status {status}")


def parsed(text):
    import json

    return json.loads(text)


def text_of(vendor, model):
    return f"{vendor} ({model}): {INTRO}"


def chat(vendor, model):
    create = chat_client.chat.completions.create
    answer = create(model=f"{vendor}/{model}", messages=QUESTION)
    same(answer.choices[0].message.content, text_of(vendor, model))
    same(answer.choices[0].finish_reason, "stop")
    same(answer.usage.prompt_tokens, 11)

    asked = f"{model}-chunk7"
    chunks = list(
        create(model=f"{vendor}/{asked}", messages=QUESTION, stream=True, stream_options={"include_usage": True})
    )
    text = "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)
    same(text, text_of(vendor, asked))
    same(chunks[-1].usage.prompt_tokens, 11)

    tools = [{"type": "function", "function": {"name": name, "parameters": PARAMETERS}} for _, name, _ in CALLS]
    asked = f"{vendor}/{model}-tools"
    first = create(model=asked, messages=QUESTION, tools=tools).choices[0]
    same([(c.id, c.function.name, parsed(c.function.arguments)) for c in first.message.tool_calls], CALLS)
    same(first.finish_reason, "tool_calls")
    with chat_client.chat.completions.stream(model=asked, messages=QUESTION, tools=tools) as stream:
        streamed = stream.get_final_completion().choices[0]
    same([(c.id, c.function.name, parsed(c.function.arguments)) for c in streamed.message.tool_calls], CALLS)
    results = [{"role": "tool", "tool_call_id": call_id, "content": "sunny"} for call_id, _, _ in CALLS]
    second = create(model=f"{vendor}/{model}", messages=[*QUESTION, first.message, *results], tools=tools)
    same(second.choices[0].message.content, text_of(vendor, model))

    for status, kind in [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (404, openai.NotFoundError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
    ]:
        raises(kind, status, lambda: create(model=f"{vendor}/{model}-status{status}", messages=QUESTION))

    broken = create(model=f"{vendor}/{model}-events40-cut", messages=QUESTION, stream=True)
    try:
        list(broken)
    except Exception:  # an error event or a connection that ended early: both are told
        return
    raise AssertionError("a broken stream looked whole")


def responses(vendor, model):
    create = chat_client.responses.create
    answer = create(model=f"{vendor}/{model}", input="Grüße?", instructions="Short.")
    same(answer.status, "completed")
    same(answer.output_text, text_of(vendor, model))
    same(answer.usage.input_tokens, 11)

    asked = f"{model}-chunk7"
    events = list(create(model=f"{vendor}/{asked}", input="Grüße?", stream=True))
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    same(text, text_of(vendor, asked))
    same(events[-1].type, "response.completed")

    tools = [{"type": "function", "name": name, "parameters": PARAMETERS, "strict": False} for _, name, _ in CALLS]
    asked = f"{vendor}/{model}-tools"
    first = create(model=asked, input="Grüße?", tools=tools)
    with chat_client.responses.stream(model=asked, input="Grüße?", tools=tools) as stream:
        streamed = stream.get_final_response()
    for output in (first.output, streamed.output):
        calls = [item for item in output if item.type == "function_call"]
        same([(c.call_id, c.name, parsed(c.arguments)) for c in calls], CALLS)
    results = [{"type": "function_call_output", "call_id": call_id, "output": "sunny"} for call_id, _, _ in CALLS]
    history = [*QUESTION, *(item.model_dump(exclude_none=True) for item in first.output), *results]
    same(create(model=f"{vendor}/{model}", input=history, tools=tools).output_text, text_of(vendor, model))

    for status, kind in [(400, openai.BadRequestError), (429, openai.RateLimitError)]:
        raises(kind, status, lambda: create(model=f"{vendor}/{model}-status{status}", input="q"))


def messages(vendor, model):
    def create(model, **more):
        return message_client.messages.create(**{"model": model, "max_tokens": 100, "messages": QUESTION, **more})

    answer = create(f"{vendor}/{model}", system="Be brief.")
    same([(block.type, block.text) for block in answer.content], [("text", text_of(vendor, model))])
    same(answer.stop_reason, "end_turn")
    same(answer.usage.input_tokens, 11)

    asked = f"{model}-chunk7"
    with message_client.messages.stream(model=f"{vendor}/{asked}", max_tokens=100, messages=QUESTION) as stream:
        same("".join(stream.text_stream), text_of(vendor, asked))
        assert stream.get_final_message().usage.output_tokens > 0

    tools = [{"name": name, "input_schema": PARAMETERS} for _, name, _ in CALLS]
    asked = f"{vendor}/{model}-tools"
    first = create(asked, tools=tools)
    with message_client.messages.stream(model=asked, max_tokens=100, messages=QUESTION, tools=tools) as stream:
        streamed = stream.get_final_message()
    for message in (first, streamed):
        same([(block.id, block.name, block.input) for block in message.content], CALLS)
        same(message.stop_reason, "tool_use")
    results = [{"type": "tool_result", "tool_use_id": call_id, "content": "sunny"} for call_id, _, _ in CALLS]
    history = [*QUESTION, {"role": "assistant", "content": first.content}, {"role": "user", "content": results}]
    same(create(f"{vendor}/{model}", messages=history, tools=tools).content[0].text, text_of(vendor, model))

    for status, kind in [
        (400, anthropic.BadRequestError),
        (401, anthropic.AuthenticationError),
        (404, anthropic.NotFoundError),
        (429, anthropic.RateLimitError),
        (529, anthropic.InternalServerError),
    ]:
        raises(kind, status, lambda: create(f"{vendor}/{model}-status{status}"))


def models():
    assert "openai/gpt-known" in [model.id for model in chat_client.models.list()]
    same(chat_client.models.retrieve("openai/gpt-known").id, "openai/gpt-known")
    assert "openai/gpt-known" in [model.id for model in message_client.models.list()]
    try:
        chat_client.models.retrieve("nobody")
    except openai.NotFoundError:
        return
    raise AssertionError("a model that is not there was found")


def main():
    for vendor, model in UPSTREAMS:
        for check in (chat, responses, messages):
            check(vendor, model)
            print(f"{check.__name__} on {vendor}", flush=True)
    models()
    print("models", flush=True)


main()
