package org.stablevideo.tensor;

import java.util.Arrays;

/**
 * One tensor of a file.
 *
 * @param name unique in its file
 * @param type element type
 * @param shape sizes, outermost first; empty for a single number
 * @param begin first byte, counted from the end of the header
 * @param end byte after the last
 */
public record TensorEntry(String name, ElementType type, long[] shape, long begin, long end) {

    /** Number of elements. */
    public long elements() {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
}
