package org.stablevideo.atlas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipFixtures;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.motion.ClipFlow;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.progress.Progress;

class AtlasHealthTest {

    private static final FrameSize SIZE = new FrameSize(160, 96);

    private static Atlas solve(List<Picture> pictures, List<Plane> mattes) {
        try (Clip clip = ClipFixtures.of(pictures);
                SolveFrames frames = SolveFrames.of(clip, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            return new GridAtlasSolver().solve(clip, frames, flow, List.of(mattes), AtlasSettings.DEFAULT, Progress.NONE);
        }
    }

    @Test
    void shouldCallAnEvenClipGoodWithTexelsThatStayWhereTheyAre() {
        DrawnClip drawn = DrawnClip.of(SIZE, 8, 2.3, 50, 3.1, 24);
        Atlas atlas = solve(drawn.pictures(), drawn.mattes());
        AtlasHealth health = atlas.quality().health();

        assertEquals(AtlasVerdict.Grade.GOOD, AtlasVerdict.of(atlas, 0).grade(), AtlasVerdict.of(atlas, 0).sentence());
        assertEquals(List.of(), health.cuts());
        assertTrue(health.overallSlip() < 0.5, "slip " + health.overallSlip());
        assertTrue(health.meanObjectPsnr() > 25, "object " + health.meanObjectPsnr());
        assertEquals(8 * health.columns() * health.rows(), health.error().length);
    }

    /** A square of every frame from the third on flickers: its tiles show the error, the others do not. */
    @Test
    void shouldShowWhereAClipChangesByItself() {
        DrawnClip drawn = DrawnClip.of(SIZE, 8, 1.5, 40, 2, 14);
        List<Picture> pictures = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            byte[] rgb = drawn.pictures().get(t).rgb().clone();
            for (int y = 64; y < 96; y++) {
                for (int x = 112; x < 160; x++) {
                    for (int k = 0; k < 3; k++) {
                        rgb[3 * (y * 160 + x) + k] = (byte) ((x * 31 + y * 17 + t * t * 91) % 255);
                    }
                }
            }
            pictures.add(new Picture(SIZE, rgb));
        }
        AtlasHealth health = solve(pictures, drawn.mattes()).quality().health();
        int columns = health.columns();
        double flicker = 0;
        double calm = 0;
        for (int t = 0; t < 8; t++) {
            int frame = t * columns * health.rows();
            flicker += (health.error()[frame + (health.rows() * 5 / 6) * columns + columns * 7 / 8] & 255) / 8.0;
            calm += (health.error()[frame + health.rows() / 6 * columns + columns * 7 / 8] & 255) / 8.0;
        }
        assertTrue(flicker > 4 * calm, "flicker " + flicker + ", calm " + calm);
    }

    @Test
    void shouldFindTheCutAndSayWhereToSplit() {
        List<Picture> pictures = new ArrayList<>(DrawnClip.of(SIZE, 6, 2, 50, 3, 20).pictures());
        for (Picture picture : DrawnClip.of(SIZE, 6, -1, 90, -2, 30).pictures()) {
            byte[] other = picture.rgb().clone();
            for (int i = 0; i < other.length; i += 3) {
                byte red = other[i];
                other[i] = (byte) (255 - (other[i + 2] & 255));
                other[i + 2] = red;
            }
            for (int row = 0; row < SIZE.height() / 2; row++) {
                for (int k = 0; k < 480; k++) {
                    byte swap = other[row * 480 + k];
                    other[row * 480 + k] = other[(95 - row) * 480 + k];
                    other[(95 - row) * 480 + k] = swap;
                }
            }
            pictures.add(new Picture(SIZE, other));
        }
        List<Plane> none = java.util.Collections.nCopies(12, Plane.empty(SIZE));
        Atlas atlas = solve(pictures, none);

        assertEquals(List.of(6), atlas.quality().health().cuts());
        AtlasVerdict verdict = AtlasVerdict.of(atlas, 0);
        assertEquals(AtlasVerdict.Grade.POOR, verdict.grade());
        assertTrue(verdict.sentence().contains("frame 6"), verdict.sentence());
        String later = AtlasVerdict.of(atlas, 76).sentence();
        assertTrue(later.contains("begins at frame 82"), later);
        BufferedImage strips = new HealthSheet(atlas.quality().health()).strips();
        assertEquals(12 * 6, strips.getWidth());
        assertEquals(0xffffffff, strips.getRGB(36, 3), "a white line at the cut");
    }
}
