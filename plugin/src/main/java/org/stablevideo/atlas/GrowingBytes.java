package org.stablevideo.atlas;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Little-endian bytes of a length not known before. */
final class GrowingBytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    GrowingBytes integer(int value) {
        out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
        return this;
    }

    GrowingBytes real(double value) {
        out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
        return this;
    }

    GrowingBytes string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        integer(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    GrowingBytes doubles(double[] values) {
        integer(values.length);
        for (double value : values) {
            real(value);
        }
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
