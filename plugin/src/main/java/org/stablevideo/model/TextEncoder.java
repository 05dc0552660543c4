package org.stablevideo.model;

/** Turns a prompt into features that a UNet understands. Deterministic. Close it to free its network; one call at a time. */
public interface TextEncoder extends AutoCloseable {

    /** Columns of the features. */
    int width();

    /**
     * The features of a text; what is too long is cut.
     *
     * @param text any text, empty too
     * @return row by row, a multiple of {@code width()} numbers; longer texts may have more rows
     */
    float[] encode(String text);

    @Override
    void close();
}
