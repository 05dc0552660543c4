"""Token features of a prompt from all-MiniLM-L6-v2 (quantised ONNX), as the product computes them.

One text a run, no padding (the quantised model scales its activations over the whole input, so a batch would change
them);
[CLS] tokens [SEP], cut to 24 tokens with the [SEP] kept; `last_hidden_state`, rows beyond the text are zero.
"""

import zipfile

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

TOKENS, WIDTH = 24, 384


class TextFeatures:
    def __init__(self, jar):
        with zipfile.ZipFile(jar) as file:
            names = file.namelist()
            model = file.read(next(n for n in names if n.endswith(".onnx")))
            words = file.read(next(n for n in names if n.endswith("tokenizer.json")))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.inputs = [i.name for i in self.session.get_inputs()]
        self.tokenizer = Tokenizer.from_str(words.decode("utf-8"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(TOKENS)

    def __call__(self, text):
        """Features [24, 384] of one text."""
        ids = np.array([self.tokenizer.encode(text).ids], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        out = self.session.run(None, {k: feed[k] for k in self.inputs})[0][0]
        full = np.zeros((TOKENS, WIDTH), np.float32)
        full[: out.shape[0]] = out
        return full
