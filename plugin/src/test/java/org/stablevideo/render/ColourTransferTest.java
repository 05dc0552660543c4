package org.stablevideo.render;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.stablevideo.atlas.AtlasTexture;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;

class ColourTransferTest {

    private static final FrameSize SIZE = new FrameSize(160, 120);

    private static AtlasTexture shot(DrawnShot.Paint paint) {
        byte[] all = new byte[SIZE.area()];
        Arrays.fill(all, (byte) 255);
        return new AtlasTexture(DrawnShot.picture(SIZE, paint), new Plane(SIZE, all));
    }

    private static int[] grey(double value) {
        int level = (int) Math.round(value);
        return new int[] {level, level, level};
    }

    private static int colour(ColourTransfer transfer, int shift, float luma) {
        int centre = transfer.centre().level(0).sample(80, 60);
        int slope = transfer.slope().level(0).sample(80, 60);
        return ColourTransfer.colour(centre, slope, shift, luma);
    }

    @Test
    void shouldFindTheLineFromLuminanceToColour() {
        DrawnShot.Paint waves = (u, v) -> grey(120 + 60 * Math.sin(u / 2) * Math.cos(v / 3));
        Picture edit = DrawnShot.picture(SIZE, (u, v) -> {
            int y = waves.at(u, v)[0];
            return new int[] {y / 2 + 90, 250 - y, 40};
        });
        ColourTransfer transfer = ColourTransfer.of(shot(waves), edit);
        for (float luma : new float[] {60, 120, 180}) {
            assertEquals(luma / 2 + 90, colour(transfer, 16, luma), 5);
            assertEquals(250 - luma, colour(transfer, 8, luma), 9);
            assertEquals(40, colour(transfer, 0, luma), 5);
        }
    }

    @Test
    void shouldTakeLuminanceForShadingWhereTheTextureIsFlat() {
        Picture orange = DrawnShot.picture(SIZE, (u, v) -> new int[] {200, 100, 20});
        ColourTransfer transfer = ColourTransfer.of(shot((u, v) -> grey(150)), orange);
        assertEquals(200, colour(transfer, 16, 150), 2);
        assertEquals(100, colour(transfer, 8, 150), 2);
        assertEquals(200 - 75 * 200 / 174.0, colour(transfer, 16, 75), 4);
        assertEquals(100 - 75 * 100 / 174.0, colour(transfer, 8, 75), 4);
    }
}
