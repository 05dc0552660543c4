package org.stablevideo.model;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The features of all-MiniLM-L6-v2 (quantised, ONNX), a sentence encoder that comes with the program: its last hidden state, one row a token,
 * rows beyond the text zero. The text runs alone and without padding, because the quantised network scales its activations over all of its
 * input.
 */
public final class SentenceEncoder implements TextEncoder {

    /** The encoder's name in model files. */
    public static final String NAME = "all-minilm-l6-v2-q";

    private static final int WIDTH = 384;

    private final int tokens;
    private final HuggingFaceTokenizer tokenizer;
    private final OrtSession session;

    /** Loads the encoder from the class path; prompts are cut to so many tokens, marks of begin and end included. */
    public SentenceEncoder(int tokens) {
        this.tokens = tokens;
        Map<String, String> options =
                Map.of("maxLength", Integer.toString(tokens), "truncation", "longest_first", "padding", "do_not_pad");
        try (InputStream words = resource(NAME + "-tokenizer.json");
                InputStream network = resource(NAME + ".onnx");
                OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
            settings.setIntraOpNumThreads(1);
            tokenizer = HuggingFaceTokenizer.newInstance(words, options);
            session = OrtEnvironment.getEnvironment().createSession(network.readAllBytes(), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (OrtException e) {
            throw new IllegalStateException("the sentence encoder does not load", e);
        }
    }

    @Override
    public int width() {
        return WIDTH;
    }

    @Override
    public float[] encode(String text) {
        long[][] ids = {tokenizer.encode(text).getIds()};
        long[][] ones = {ids[0].clone()};
        Arrays.fill(ones[0], 1);
        Map<String, OnnxTensor> inputs = new HashMap<>();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try {
            inputs.put("input_ids", OnnxTensor.createTensor(environment, ids));
            inputs.put("attention_mask", OnnxTensor.createTensor(environment, ones));
            inputs.put("token_type_ids", OnnxTensor.createTensor(environment, new long[1][ids[0].length]));
            inputs.keySet().stream().filter(name -> !session.getInputNames().contains(name)).toList()
                    .forEach(name -> inputs.remove(name).close());
            try (OrtSession.Result result = session.run(inputs)) {
                float[][] rows = ((float[][][]) result.get(0).getValue())[0];
                float[] features = new float[tokens * WIDTH];
                for (int i = 0; i < rows.length; i++) {
                    System.arraycopy(rows[i], 0, features, i * WIDTH, WIDTH);
                }
                return features;
            }
        } catch (OrtException e) {
            throw new IllegalStateException("the sentence encoder failed", e);
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private static InputStream resource(String name) throws IOException {
        InputStream in = SentenceEncoder.class.getResourceAsStream("/" + name);
        if (in == null) {
            throw new IOException("the class path lacks " + name);
        }
        return in;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("the sentence encoder does not close", e);
        } finally {
            tokenizer.close();
        }
    }
}
