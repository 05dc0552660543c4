package org.stablevideo.atlas;

import java.util.Arrays;

/** Fits the light of one frame on one layer: gains g for which g·A(U(x)) comes nearest to the frame, smooth, near 1 where little is seen. */
final class LightFit {

    private static final float LOWEST = 0.4f;
    private static final float HIGHEST = 2.5f;
    private static final float OUTLIER = 30;
    private static final int ITERATIONS = 40;
    private static final Smoothness SMOOTH = new Smoothness(0, 8, 0, 2);

    private final Lattice nodes;

    LightFit(Lattice nodes) {
        this.nodes = nodes;
    }

    /** The gains of a frame; all 1 where the layer has no pixel. */
    LightGrid fit(Lattice lattice, float[] uv, FrameLevel frame, Texture texture, int textureLevel) {
        float[] redGreen = ones();
        float[] blue = ones();
        for (int round = 0; round < 2 && frame.any(); round++) {
            FieldSystem first = new FieldSystem(nodes, SMOOTH);
            FieldSystem second = new FieldSystem(nodes, SMOOTH);
            gather(lattice, uv, frame, texture, textureLevel, redGreen, blue, first, second);
            redGreen = first.solve(redGreen, ITERATIONS);
            blue = second.solve(blue, ITERATIONS);
        }
        float[] gain = new float[3 * nodes.nodes()];
        for (int i = 0; i < nodes.nodes(); i++) {
            gain[3 * i] = clamp(redGreen[2 * i]);
            gain[3 * i + 1] = clamp(redGreen[2 * i + 1]);
            gain[3 * i + 2] = clamp(blue[2 * i]);
        }
        return new LightGrid(nodes.columns(), nodes.rows(), nodes.spacing(), gain);
    }

    private void gather(
            Lattice lattice,
            float[] uv,
            FrameLevel frame,
            Texture texture,
            int textureLevel,
            float[] redGreen,
            float[] blue,
            FieldSystem first,
            FieldSystem second) {
        FieldRows position = new FieldRows(lattice, uv, frame.width(), frame.height(), frame::toSolve);
        FieldRows light = new FieldRows(nodes, redGreen, frame.width(), frame.height(), frame::toSolve);
        FieldRows lightBlue = new FieldRows(nodes, blue, frame.width(), frame.height(), frame::toSolve);
        float[] at = new float[3];
        for (int y = frame.top(); y < frame.bottom(); y++) {
            position.read(y, frame.left(), frame.right());
            light.read(y, frame.left(), frame.right());
            lightBlue.read(y, frame.left(), frame.right());
            int cellRow = light.down().cell()[y] * nodes.columns();
            float fy = light.down().fraction()[y];
            for (int x = frame.left(); x < frame.right(); x++) {
                int i = y * frame.width() + x;
                float w = frame.weight()[i];
                if (w <= 0.02f) {
                    continue;
                }
                texture.read(textureLevel, position.u[x], position.v[x], at);
                float r = frame.rgb()[3 * i] - light.u[x] * at[0];
                float g = frame.rgb()[3 * i + 1] - light.v[x] * at[1];
                float b = frame.rgb()[3 * i + 2] - lightBlue.u[x] * at[2];
                float error = (r * r + g * g + b * b) / 3;
                w /= (1 + error / (OUTLIER * OUTLIER)) * 255;
                int cell = cellRow + light.across().cell()[x];
                float fx = light.across().fraction()[x];
                first.add(cell, fx, fy, w * at[0] * at[0], 0, w * at[1] * at[1], w * at[0] * r, w * at[1] * g);
                second.add(cell, fx, fy, w * at[2] * at[2], 0, 1e-6f, w * at[2] * b, 0);
            }
        }
    }

    private float[] ones() {
        float[] field = new float[2 * nodes.nodes()];
        Arrays.fill(field, 1);
        return field;
    }

    /** Gains are kept to 1/256, far below what an eye or an 8-bit picture tells apart. */
    private static float clamp(float gain) {
        return Math.round(Math.min(HIGHEST, Math.max(LOWEST, gain)) * 256) / 256f;
    }
}
