package org.stablevideo.atlas;

/**
 * How an atlas is solved. The defaults are what {@code analyse} uses; any change makes another atlas.
 *
 * @param spacing solve pixels between mapping nodes in the end, 4…64
 * @param lightSpacing solve pixels between light nodes, at least 16
 * @param detail texels a pixel of the best-seen view, along one axis, 0.5…2
 * @param rounds rounds of refinement at full resolution, 0…20
 * @param maxTexture longest side of a texture, 64…8192
 */
public record AtlasSettings(float spacing, float lightSpacing, double detail, int rounds, int maxTexture) {

    /** What a user gets without asking. */
    public static final AtlasSettings DEFAULT = new AtlasSettings(8, 16, 1.25, 4, 4096);

    public AtlasSettings {
        if (!(spacing >= 4 && spacing <= 64 && lightSpacing >= 16 && detail >= 0.5 && detail <= 2)) {
            throw new IllegalArgumentException("atlas settings " + spacing + ", " + lightSpacing + ", " + detail);
        }
        if (rounds < 0 || rounds > 20 || maxTexture < 64 || maxTexture > 8192) {
            throw new IllegalArgumentException("atlas settings: rounds " + rounds + ", texture side " + maxTexture);
        }
    }

    /** The settings as text, equal for equal settings, for cache keys. */
    public String key() {
        return "grid-" + GridAtlasSolver.VERSION + "-" + spacing + "-" + lightSpacing + "-" + detail + "-" + rounds + "-" + maxTexture;
    }
}
