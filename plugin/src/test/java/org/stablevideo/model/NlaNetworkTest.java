package org.stablevideo.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.model.NlaNetwork.Batch;
import org.stablevideo.model.NlaNetwork.Term;
import org.stablevideo.space.NormalisedFrame;
import org.stablevideo.tensor.Script;

/** Against PyTorch ({@code make_nla_golden.py}), on a portrait clip, where dividing by the width in place of the longer side would show. */
class NlaNetworkTest {

    private static final NormalisedFrame PORTRAIT = new NormalisedFrame(new FrameSize(30, 50), 7);
    private static final int N = 40;
    private static final float[] COUNTS = {5000, 1000, 1000, 1, 1, 5, 50, 5, 5, 49, 2000};

    private static Golden golden;

    private static final class Golden {
        private float[] encoding;
        private float[] foreground;
        private float[] background;
        private float[] opacity;
        private float[] front;
        private float[] back;
        private float[] background_only;
        private float[][] slopes;
        private float[][] steps;
        private double[] settled;
    }

    @BeforeAll
    static void read() throws IOException {
        try (Reader reader = new InputStreamReader(NlaNetworkTest.class.getResourceAsStream("nla.json"), StandardCharsets.UTF_8)) {
            golden = new Gson().fromJson(reader, Golden.class);
        }
    }

    private static NlaNetwork network(boolean object) {
        NlaNetwork network = new NlaNetwork(PORTRAIT, object, 1);
        network.restart(weights(network));
        return network;
    }

    private static Map<String, float[]> weights(NlaNetwork network) {
        Map<String, float[]> weights = new LinkedHashMap<>();
        network.weights().forEach((name, shape) -> weights.put(name, FormulaWeights.weights(name, shape)));
        return weights;
    }

    private static float[] uniform(String name, int count) {
        float[] out = FormulaWeights.noise(name, count);
        for (int i = 0; i < count; i++) {
            out[i] = (out[i] + 1) / 2;
        }
        return out;
    }

    private static Batch batch(int number) {
        float[] r = uniform("at " + number, 3 * N);
        float[] colour = uniform("colour " + number, 3 * N);
        float[] steps = uniform("steps " + number, 6 * N);
        float[] at = new float[3 * N];
        float[] seen = new float[9 * N];
        for (int i = 0; i < N; i++) {
            at[3 * i] = (float) Math.floor(r[3 * i] * 30);
            at[3 * i + 1] = (float) Math.floor(r[3 * i + 1] * 50);
            at[3 * i + 2] = 1 + (float) Math.floor(r[3 * i + 2] * 5);
            System.arraycopy(colour, 3 * i, seen, 9 * i, 3);
            for (int k = 0; k < 6; k++) {
                seen[9 * i + 3 + k] = 0.2f * steps[6 * i + k] - 0.1f;
            }
        }
        int[] aheadOf = every(0, 2);
        int[] behindOf = every(1, 3);
        return new Batch(
                at, seen, uniform("mask " + number, N), moved(at, aheadOf, uniform("ahead " + number, 2 * aheadOf.length), 1), aheadOf,
                moved(at, behindOf, uniform("behind " + number, 2 * behindOf.length), -1), behindOf);
    }

    private static int[] every(int first, int step) {
        return java.util.stream.IntStream.iterate(first, i -> i < N, i -> i + step).toArray();
    }

    private static float[] moved(float[] at, int[] of, float[] by, int sign) {
        float[] out = new float[3 * of.length];
        for (int i = 0; i < of.length; i++) {
            out[3 * i] = at[3 * of[i]] + sign * 3 * by[2 * i];
            out[3 * i + 1] = at[3 * of[i] + 1] + sign * 3 * by[2 * i + 1];
            out[3 * i + 2] = at[3 * of[i] + 2] + sign;
        }
        return out;
    }

    private static void assertNear(float[] wanted, float[] found, double share) {
        assertEquals(wanted.length, found.length);
        for (int i = 0; i < wanted.length; i++) {
            assertEquals(wanted[i], found[i], share * Math.max(1e-2, Math.abs(wanted[i])), "value " + i + " of " + Arrays.toString(found));
        }
    }

    @Test
    void shouldHaveThePapersNumberOfWeights() {
        try (NlaNetwork network = network(true)) {
            Map<String, Long> counts = new LinkedHashMap<>();
            network.weights().forEach((name, shape) -> counts.merge(
                    name.substring(0, name.indexOf('.')), Arrays.stream(shape).reduce(1, (a, b) -> a * b), Long::sum));
            assertEquals(Map.of("foreground", 264_706L, "background", 133_122L, "colour", 416_379L, "opacity", 402_945L), counts);
        }
    }

    /** For each frequency the sines of all coordinates, then their cosines. */
    @Test
    void shouldEncodeInThePapersOrder() {
        try (Script script = Script.ofResources(NlaNetwork.class, "nla.ts"); NDManager scope = script.scope()) {
            float[] found = script.call(scope, "encode", scope.create(new float[] {0.1f, -0.3f}, new Shape(1, 2)), 3).singletonOrThrow().toFloatArray();
            assertNear(golden.encoding, found, 1e-5);
            assertEquals(Math.sin(Math.PI * -0.3), found[1], 1e-6);
            assertEquals(Math.cos(4 * Math.PI * 0.1), found[10], 1e-6);
        }
    }

    @Test
    void shouldAnswerAsPyTorchDoes() {
        try (NlaNetwork network = network(true)) {
            float[] at = Arrays.copyOf(batch(0).at(), 18);
            float[] uv = uniform("uv", 12);
            for (int i = 0; i < uv.length; i++) {
                uv[i] = 2 * uv[i] - 1;
            }
            assertNear(golden.foreground, network.map(true, at), 2e-4);
            assertNear(golden.background, network.map(false, at), 2e-4);
            assertNear(golden.opacity, network.opacity(at), 2e-4);
            assertNear(golden.front, network.colour(true, uv), 5e-4);
            assertNear(golden.back, network.colour(false, uv), 5e-4);
        }
    }

    /** Every term alone: what it pulls at each network, as the length of the gradient, which the first mean of Adam is a tenth of. */
    @Test
    void shouldPullEveryTermAsPyTorchDoes() {
        try (NlaNetwork network = network(true)) {
            for (Term term : Term.values()) {
                network.restart(weights(network));
                float[] counts = new float[COUNTS.length];
                counts[term.ordinal()] = 1;
                network.learn(batch(0), counts, 1e-4);
                Map<String, float[]> state = network.state();
                float[] lengths = new float[4];
                List<String> nets = List.of("foreground", "background", "colour", "opacity");
                for (String name : network.weights().keySet()) {
                    for (float mean : state.get("mean " + name)) {
                        lengths[nets.indexOf(name.substring(0, name.indexOf('.')))] += mean * mean * 100;
                    }
                }
                for (int i = 0; i < 4; i++) {
                    lengths[i] = (float) Math.sqrt(lengths[i]);
                    float wanted = golden.slopes[term.ordinal()][i];
                    assertEquals(wanted, lengths[i], 5e-3 * wanted + 1e-7, term + " at the " + nets.get(i));
                }
            }
        }
    }

    @Test
    void shouldTakeTheSameStepsAsPyTorch() {
        try (NlaNetwork network = network(true)) {
            for (int i = 0; i < golden.steps.length; i++) {
                assertNear(golden.steps[i], network.learn(batch(i), COUNTS, 1e-4), i == 0 ? 5e-4 : 2e-2);
            }
        }
    }

    @Test
    void shouldLeaveOutWhatABackgroundAloneHasNot() {
        try (NlaNetwork network = network(false)) {
            Map<String, float[]> before = network.state();
            assertNear(golden.background_only, network.learn(batch(0), COUNTS, 1e-4), 5e-4);
            Map<String, float[]> after = network.state();
            assertArrayEquals(before.get("foreground.1.weight"), after.get("foreground.1.weight"));
            assertTrue(!Arrays.equals(before.get("background.1.weight"), after.get("background.1.weight")));
        }
    }

    @Test
    void shouldSettleAsPyTorchDoes() {
        try (NlaNetwork network = network(true)) {
            for (int i = 0; i < golden.settled.length; i++) {
                assertEquals(golden.settled[i], network.settle(batch(i).at(), 1e-4), 2e-4 * golden.settled[i]);
            }
        }
    }

    @Test
    void shouldGoOnFromAStateBitForBit() {
        try (NlaNetwork network = network(true); NlaNetwork other = network(true)) {
            network.learn(batch(0), COUNTS, 1e-4);
            Map<String, float[]> state = network.state();
            float[] second = network.learn(batch(1), COUNTS, 1e-4);
            float[] third = network.learn(batch(2), COUNTS, 1e-4);

            other.restore(state);
            assertArrayEquals(second, other.learn(batch(1), COUNTS, 1e-4));
            assertArrayEquals(third, other.learn(batch(2), COUNTS, 1e-4));
            assertEquals(3, other.state().get("step")[0]);
        }
    }

    @Test
    void shouldBearABatchWithoutConsistentFlow() {
        try (NlaNetwork network = network(true)) {
            Batch batch = batch(0);
            Batch still = new Batch(batch.at(), batch.seen(), batch.mask(), new float[0], new int[0], new float[0], new int[0]);
            float[] terms = network.learn(still, COUNTS, 1e-4);
            assertEquals(0, terms[Term.FLOW_FOREGROUND.ordinal()]);
            for (float value : network.state().get("foreground.0.weight")) {
                assertTrue(Float.isFinite(value));
            }
        }
    }
}
