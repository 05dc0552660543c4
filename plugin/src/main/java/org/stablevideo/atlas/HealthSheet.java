package org.stablevideo.atlas;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.util.function.IntUnaryOperator;

/** Shows {@link AtlasHealth} to a person and to programs. */
final class HealthSheet {

    private static final int FRAME_PIXELS = 6;
    private static final int TILE_PIXELS = 5;
    private static final int GAP = 4;

    private final AtlasHealth health;

    HealthSheet(AtlasHealth health) {
        this.health = health;
    }

    /**
     * Four strips, time from left to right, each row of a strip the worst tile of a row of the frame: error (red at 40 levels), stretch (red at
     * half or twice the usual), slip (red at 2 texels a frame) and coverage (red where no second frame saw it). Cuts are white lines.
     */
    BufferedImage strips() {
        int frames = health.objectPsnr().length;
        int height = health.rows() * TILE_PIXELS + GAP;
        BufferedImage image = new BufferedImage(Math.max(1, frames * FRAME_PIXELS), Math.max(1, 4 * height - GAP), BufferedImage.TYPE_INT_RGB);
        strip(image, 0, i -> (health.error()[i] & 255) * 255 / 40);
        strip(image, height, i -> (int) (255 * Math.abs(Math.log(Math.max(1, health.stretch()[i] & 255) / 64.0) / Math.log(2))));
        strip(image, 2 * height, i -> (health.slip()[i] & 255) * 255 / 32);
        strip(image, 3 * height, i -> 255 - (health.coverage()[i] & 255));
        for (int cut : health.cuts()) {
            for (int y = 0; y < image.getHeight(); y++) {
                image.setRGB(cut * FRAME_PIXELS, y, 0xffffff);
            }
        }
        return image;
    }

    private void strip(BufferedImage image, int top, IntUnaryOperator badness) {
        for (int t = 0; t < health.objectPsnr().length; t++) {
            for (int r = 0; r < health.rows(); r++) {
                int worst = 0;
                for (int c = 0; c < health.columns(); c++) {
                    worst = Math.max(worst, badness.applyAsInt((t * health.rows() + r) * health.columns() + c));
                }
                int bad = Math.min(255, worst);
                int colour = Math.min(255, 2 * bad) << 16 | Math.min(255, 2 * (255 - bad)) << 8;
                fill(image, t * FRAME_PIXELS, top + r * TILE_PIXELS, colour);
            }
        }
    }

    private static void fill(BufferedImage image, int left, int top, int colour) {
        for (int y = top; y < top + TILE_PIXELS; y++) {
            for (int x = left; x < left + FRAME_PIXELS; x++) {
                image.setRGB(x, y, colour);
            }
        }
    }

    /** Everything in the units of {@link AtlasHealth}, tiles as one list a frame. */
    JsonObject json() {
        JsonObject object = new JsonObject();
        object.addProperty("columns", health.columns());
        object.addProperty("rows", health.rows());
        JsonArray cuts = new JsonArray();
        health.cuts().forEach(cuts::add);
        object.add("cuts", cuts);
        JsonArray frames = new JsonArray();
        for (int t = 0; t < health.objectPsnr().length; t++) {
            JsonObject frame = new JsonObject();
            double psnr = health.objectPsnr()[t];
            frame.add("objectPsnr", Double.isFinite(psnr) ? new com.google.gson.JsonPrimitive(psnr) : com.google.gson.JsonNull.INSTANCE);
            frame.addProperty("slip", health.meanSlip()[t]);
            frame.add("error", tiles(health.error(), t));
            frame.add("stretch", tiles(health.stretch(), t));
            frame.add("slipTiles", tiles(health.slip(), t));
            frame.add("coverage", tiles(health.coverage(), t));
            frames.add(frame);
        }
        object.add("frames", frames);
        return object;
    }

    private JsonArray tiles(byte[] map, int t) {
        int tiles = health.columns() * health.rows();
        JsonArray array = new JsonArray();
        for (int i = t * tiles; i < (t + 1) * tiles; i++) {
            array.add(map[i] & 255);
        }
        return array;
    }
}
