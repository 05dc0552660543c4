package org.stablevideo.edit;

import java.util.List;

/**
 * One atlas from the partial atlases of several key frames: a weighted median on each channel in which only frames that saw the texel take part.
 * The median is interpolated between the samples (at the middles of their weights), so it moves without a jump where one frame's coverage fades out.
 */
final class AtlasMerge {

    private AtlasMerge() {}

    /**
     * Merges.
     *
     * @param parts partial atlases of one size, at least one
     * @return colours where any part has weight; the weight is the largest of the parts'
     */
    static Canvas median(List<Canvas> parts) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        Canvas out = Canvas.blank(parts.get(0).size());
        float[] value = new float[parts.size()];
        float[] weight = new float[parts.size()];
        for (int i = 0; i < out.weight().length; i++) {
            for (int k = 0; k < 3; k++) {
                int count = 0;
                for (Canvas part : parts) {
                    float w = part.weight()[i];
                    if (w > 0) {
                        insert(value, weight, count++, part.colour()[k][i], w);
                        out.weight()[i] = Math.max(out.weight()[i], w);
                    }
                }
                out.colour()[k][i] = count == 0 ? 0 : middle(value, weight, count);
            }
        }
        return out;
    }

    private static void insert(float[] value, float[] weight, int count, float v, float w) {
        int at = count;
        while (at > 0 && value[at - 1] > v) {
            value[at] = value[at - 1];
            weight[at] = weight[at - 1];
            at--;
        }
        value[at] = v;
        weight[at] = w;
    }

    /** The value at half the weight, linear between the middles of neighbouring samples. */
    static float middle(float[] value, float[] weight, int count) {
        float total = 0;
        for (int i = 0; i < count; i++) {
            total += weight[i];
        }
        float before = 0;
        float lastAt = 0;
        for (int i = 0; i < count; i++) {
            float at = before + weight[i] / 2;
            if (at >= total / 2) {
                float f = i == 0 ? 1 : (total / 2 - lastAt) / (at - lastAt);
                return i == 0 ? value[0] : value[i - 1] + f * (value[i] - value[i - 1]);
            }
            lastAt = at;
            before += weight[i];
        }
        return value[count - 1];
    }
}
