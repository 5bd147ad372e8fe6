"""PyTorch as a peer, tuned by hand. Arguments: the threads, and the precision (float32 or bfloat16).

Reads requests as JSON lines on standard input and answers each with one JSON line, as onnxruntime.mjs does; "model" is a checkpoint folder in Hugging
Face layout. Each batch is padded to the longest of its sequences. The model is plain torch: one product for queries, keys and values, scores scaled by
the same call that multiplies, no mask where nothing is padded; traced, frozen and optimised for inference.
"""

import json
import os
import sys
import time

import torch
from torch.nn import functional


def read_tensors(path):
    """A safetensors file: eight bytes of length, a JSON header, then the values."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        values = bytearray(file.read())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        tensors[name] = torch.frombuffer(values, dtype=torch.float32, count=(end - start) // 4, offset=start).reshape(entry["shape"])
    return tensors


class Layer(torch.nn.Module):
    def __init__(self, tensors, prefix, head_size, epsilon):
        super().__init__()
        get = lambda name: torch.nn.Parameter(tensors[prefix + name].clone(), requires_grad=False)
        joined = lambda kind: torch.nn.Parameter(
            torch.cat([tensors[f"{prefix}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]), requires_grad=False)
        self.qkv, self.qkv_bias = joined("weight"), joined("bias")
        self.output, self.output_bias = get("attention.output.dense.weight"), get("attention.output.dense.bias")
        self.norm, self.norm_bias = get("attention.output.LayerNorm.weight"), get("attention.output.LayerNorm.bias")
        self.up, self.up_bias = get("intermediate.dense.weight"), get("intermediate.dense.bias")
        self.down, self.down_bias = get("output.dense.weight"), get("output.dense.bias")
        self.last, self.last_bias = get("output.LayerNorm.weight"), get("output.LayerNorm.bias")
        self.head_size, self.epsilon = head_size, epsilon
        self.heads = self.qkv.shape[0] // 3 // head_size

    def forward(self, x, mask):
        rows, length, width = x.shape
        qkv = functional.linear(x, self.qkv, self.qkv_bias).view(rows, length, 3, self.heads, self.head_size).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.reshape(3, rows * self.heads, length, self.head_size)
        scores = torch.baddbmm(mask, q, k.transpose(1, 2), alpha=self.head_size**-0.5)
        context = torch.bmm(torch.softmax(scores, -1), v).view(rows, self.heads, length, self.head_size).transpose(1, 2)
        context = context.reshape(rows, length, self.heads * self.head_size)
        x = functional.layer_norm(x + functional.linear(context, self.output, self.output_bias), (width,), self.norm, self.norm_bias, self.epsilon)
        units = functional.gelu(functional.linear(x, self.up, self.up_bias))
        return functional.layer_norm(x + functional.linear(units, self.down, self.down_bias), (width,), self.last, self.last_bias, self.epsilon)


class Classifier(torch.nn.Module):
    def __init__(self, folder):
        super().__init__()
        with open(os.path.join(folder, "config.json")) as file:
            config = json.load(file)
        tensors = read_tensors(os.path.join(folder, "model.safetensors"))
        get = lambda name: torch.nn.Parameter(tensors[name].clone(), requires_grad=False)
        self.epsilon = config["layer_norm_eps"]
        head_size = config["hidden_size"] // config["num_attention_heads"]
        self.words, self.positions, self.types = (get(f"bert.embeddings.{name}_embeddings.weight") for name in ("word", "position", "token_type"))
        self.norm, self.norm_bias = get("bert.embeddings.LayerNorm.weight"), get("bert.embeddings.LayerNorm.bias")
        self.layers = torch.nn.ModuleList(
            Layer(tensors, f"bert.encoder.layer.{i}.", head_size, self.epsilon) for i in range(config["num_hidden_layers"]))
        self.pooler, self.pooler_bias = get("bert.pooler.dense.weight"), get("bert.pooler.dense.bias")
        self.head, self.head_bias = get("classifier.weight"), get("classifier.bias")

    def forward(self, ids, positions, types, masks):
        x = functional.embedding(ids, self.words) + functional.embedding(positions, self.positions) + functional.embedding(types, self.types)
        x = functional.layer_norm(x, (x.shape[-1],), self.norm, self.norm_bias, self.epsilon)
        for i, layer in enumerate(self.layers):
            x = layer(x, masks)
        pooled = torch.tanh(functional.linear(x[:, 0], self.pooler, self.pooler_bias))
        return functional.linear(pooled, self.head, self.head_bias)


class Model:
    """A classifier in one precision, traced, with the heads that its masks are repeated for."""

    def __init__(self, folder, dtype):
        classifier = Classifier(folder).eval().to(dtype)
        self.dtype = dtype
        self.heads = {layer.heads for layer in classifier.layers}
        if len(self.heads) > 1:
            raise ValueError(f"expected the same number of heads in every layer, found {sorted(self.heads)}")
        inputs = self.inputs([[1, 2, 3], [1, 2]], None)
        # The fuser would compile anew for every shape of a batch; without it the frozen graph runs oneDNN's kernels for any.
        torch._C._jit_set_profiling_executor(False)
        self.run = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(classifier, inputs)))

    def inputs(self, sequences, types):
        lengths = [len(tokens) for tokens in sequences]
        longest = max(lengths)
        ids = torch.zeros(len(sequences), longest, dtype=torch.long)
        segments = torch.zeros_like(ids)
        mask = torch.zeros(len(sequences), 1, 1, longest, dtype=self.dtype)
        for row, tokens in enumerate(sequences):
            ids[row, : len(tokens)] = torch.tensor(tokens)
            if types is not None:
                segments[row, : len(tokens)] = torch.tensor(types[row])
            mask[row, ..., len(tokens) :] = -10000
        heads = next(iter(self.heads), 1)
        mask = mask.expand(-1, heads, 1, -1).reshape(len(sequences) * heads, 1, longest)
        return ids, torch.arange(longest), segments, mask


def measure(model, request):
    batches = request["batches"]
    types = request.get("types") or [None] * len(batches)
    inputs = [model.inputs(*pair) for pair in zip(batches, types)]
    seconds, outputs = [], []
    for _ in range(request["repeat"]):
        start = time.perf_counter()
        outputs = [model.run(*one) for one in inputs]
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds, "logits": [row for output in outputs for row in output.float().tolist()]}


def refuse_slow_products():
    """Debian's PyTorch multiplies float32 matrices with whatever BLAS is installed; the reference one would make this peer a straw man."""
    left, right = torch.randn(512, 512), torch.randn(512, 512)
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        torch.mm(left, right)
        best = min(best, time.perf_counter() - start)
    rate = 2 * 512**3 / best / 1e9
    if rate < 25:
        raise RuntimeError(f"its BLAS multiplies float32 matrices at {rate:.0f} GFLOP/s only: install a tuned one, on Debian libopenblas0-openmp")


def main():
    threads, precision = int(sys.argv[1]), sys.argv[2]
    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    torch.set_flush_denormal(True)
    if precision == "float32":
        refuse_slow_products()
    dtype = {"float32": torch.float32, "bfloat16": torch.bfloat16}[precision]
    models = {}
    answer = lambda value: print(json.dumps(value), flush=True)
    answer({"name": f"PyTorch {torch.__version__}"})
    with torch.inference_mode():
        for line in sys.stdin:
            try:
                request = json.loads(line)
                folder = request["model"]
                if request.get("release"):
                    models.pop(folder, None)
                    answer({})
                    continue
                if folder not in models:
                    models[folder] = Model(folder, dtype)
                answer(measure(models[folder], request))
            except Exception as error:  # The caller prints the sentence and goes on without this peer.
                answer({"error": f"{type(error).__name__}: {error}"})


main()
