package org.stablevideo.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SentenceEncoderTest {

    @Test
    void shouldEncodeEveryTextIntoRowsWithoutPadding() {
        try (SentenceEncoder encoder = new SentenceEncoder(24)) {
            float[] features = encoder.encode("a red car");
            assertEquals(24 * 384, features.length);
            // begin, a, red, car, end: five rows; nothing behind them
            assertArrayEquals(new float[19 * 384], Arrays.copyOfRange(features, 5 * 384, 24 * 384));
            assertArrayEquals(features, encoder.encode("a red car"));
            // what onnxruntime and tokenizers give in Python
            assertArrayEquals(new float[] {-0.28156292f, -0.4821487f, 0.7501372f}, new float[] {features[0], features[384], features[4 * 384 + 383]}, 1e-4f);
        }
    }

    @Test
    void shouldCutWhatIsTooLongAndKeepItsEnd() {
        try (SentenceEncoder encoder = new SentenceEncoder(24)) {
            float[] features = encoder.encode("car ".repeat(5000) + "\n\"é=🚗");
            assertEquals(false, Arrays.equals(new float[384], Arrays.copyOfRange(features, 23 * 384, 24 * 384)));
            encoder.encode("");
        }
    }
}
