package org.stablevideo.atlas;

import java.util.function.Consumer;

/**
 * One Gauss–Newton step that moves a frame's mapping so that the texture looks like the frame: minimises Σ w·|A(U(x) + δ(x)) − F(x)|² over
 * the pixels of a pyramid level, robustly (Cauchy weights), with smoothness and what else is asked of it.
 *
 * @param smooth weights against a data term in which a pixel whose colour changes by {@link #NOISE} a texel counts 1
 */
record PhotometricFit(Smoothness smooth) {

    /** Colour difference that is taken for noise, of 255. */
    static final float NOISE = 6;

    private static final float OUTLIER = 28;
    private static final float LONGEST_STEP = 6;
    private static final int ITERATIONS = 16;

    /** Pixels of a frame level from which every second one, in a checkerboard, says enough. */
    private static final int MANY = 60_000;

    /**
     * The mapping after one step.
     *
     * @param uv the mapping before, unchanged
     * @param ties adds further terms for the correction
     */
    float[] step(Lattice lattice, float[] uv, FrameLevel frame, Texture texture, int textureLevel, Consumer<FieldSystem> ties) {
        if (!frame.any()) {
            return uv;
        }
        FieldSystem system = new FieldSystem(lattice, smooth);
        ties.accept(system);
        FieldRows rows = new FieldRows(lattice, uv, frame.width(), frame.height(), frame::toSolve);
        float[] at = new float[9];
        float area = 1 << (2 * frame.level());
        int pixels = (frame.right() - frame.left()) * (frame.bottom() - frame.top());
        int stride = pixels > MANY ? 2 : 1;
        float unit = stride * area / (NOISE * NOISE);
        for (int y = frame.top(); y < frame.bottom(); y++) {
            rows.read(y, frame.left(), frame.right());
            int cellRow = rows.down().cell()[y] * lattice.columns();
            float fy = rows.down().fraction()[y];
            for (int x = frame.left() + (y & stride - 1); x < frame.right(); x += stride) {
                int i = y * frame.width() + x;
                float weight = frame.weight()[i];
                if (weight <= 0.02f) {
                    continue;
                }
                texture.read(textureLevel, rows.u[x], rows.v[x], at);
                float r0 = frame.rgb()[3 * i] - at[0];
                float r1 = frame.rgb()[3 * i + 1] - at[1];
                float r2 = frame.rgb()[3 * i + 2] - at[2];
                float error = (r0 * r0 + r1 * r1 + r2 * r2) / 3;
                float w = unit * weight / (1 + error / (OUTLIER * OUTLIER));
                system.add(
                        cellRow + rows.across().cell()[x],
                        rows.across().fraction()[x],
                        fy,
                        w * (at[3] * at[3] + at[4] * at[4] + at[5] * at[5]),
                        w * (at[3] * at[6] + at[4] * at[7] + at[5] * at[8]),
                        w * (at[6] * at[6] + at[7] * at[7] + at[8] * at[8]),
                        w * (at[3] * r0 + at[4] * r1 + at[5] * r2),
                        w * (at[6] * r0 + at[7] * r1 + at[8] * r2));
            }
        }
        float[] moved = system.solve(uv, ITERATIONS);
        limit(uv, moved, LONGEST_STEP * (1 << textureLevel));
        return moved;
    }

    /** Shortens steps of single nodes that a linearised picture cannot be trusted for. */
    private static void limit(float[] before, float[] after, float longest) {
        for (int i = 0; i < before.length; i++) {
            after[i] = before[i] + Math.min(longest, Math.max(-longest, after[i] - before[i]));
        }
    }
}
