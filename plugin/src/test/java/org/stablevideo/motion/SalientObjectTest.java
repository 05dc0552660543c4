package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.stablevideo.clip.Clip;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Plane;
import org.stablevideo.progress.Progress;

/** What the network that comes with the program sees of a drawn disc, and how far it is believed. */
class SalientObjectTest {

    private static final Scene SCENE = new Scene(new FrameSize(220, 141), 5, 30, -1.75, 3.25);

    @Test
    void shouldSeeTheThingOfAPicture() {
        try (Clip drawn = SCENE.clip();
                SolveFrames frames = SolveFrames.of(drawn, Progress.NONE);
                Mats mats = new Mats();
                ObjectNetwork network = ObjectNetwork.bundled()) {
            float[] seen = network.look(frames.rgb(1, mats), frames.size());
            assertTrue(iou(seen, SCENE.matte(1)) > 0.9, "IoU " + iou(seen, SCENE.matte(1)));
        }
    }

    @Test
    void shouldMendWhatWasFoundRoughly() {
        looked((x, y, t) -> Math.hypot(x - SCENE.centreX(t) - 8, y - SCENE.centreY()) < 36 ? 0.8f : 0.01f, (clip, found, seen) -> {
            float[][] confirmed = seen.confirm(clip, found);
            for (int t = 0; t < found.length; t++) {
                double before = iou(found[t], SCENE.matte(t));
                double after = iou(confirmed[t], SCENE.matte(t));
                assertTrue(before < 0.7 && after > 0.85, "frame " + t + ": IoU " + before + ", then " + after);
                assertTrue(seen.trust()[t] > 0.5, "frame " + t + ": trust " + seen.trust()[t]);
            }
        });
    }

    @Test
    void shouldNotBelieveWhatSeesAnotherThing() {
        looked((x, y, t) -> x > 150 && y > 90 ? 0.8f : 0.01f, (clip, found, seen) -> {
            assertArrayEquals(new float[found.length], seen.trust());
            float[][] confirmed = seen.confirm(clip, found);
            for (int t = 0; t < found.length; t++) {
                assertEquals(0.8f, confirmed[t][SCENE.size().area() - 1], 0.05, "frame " + t + ": what was found stays");
                assertTrue(confirmed[t][70 * 220 + (int) SCENE.centreX(t)] < 0.5, "frame " + t + ": the disc was never looked for");
            }
        });
    }

    @Test
    void shouldSeeAgainWhatIsOverlookedInOneFrame() {
        looked((x, y, t) -> Math.hypot(x - SCENE.centreX(t), y - SCENE.centreY()) < 30 ? 0.9f : 0, (clip, found, seen) -> {
            float[][] looks = {found[0].clone(), null, found[2], null, found[4]};
            int overlooked = 70 * 220 + (int) SCENE.centreX(0);
            int beside = 5;
            looks[0][overlooked] = 0;
            looks[0][beside] = 0.05f;
            float[] settled = looks[0].clone();
            SalientObject.settle(clip, looks, 0, settled, found[0]);
            assertEquals(0.9f * (0 + 0.9f + 0.9f) / 3, settled[overlooked], 0.08, "what most frames say, as far as it is doubtful");
            assertEquals(0.05f, settled[beside], "where both nearly agree");
        });
    }

    @Test
    void shouldDropRegionsThatWereNotFound() {
        looked((x, y, t) -> x < 40 ? 0.9f : 0.1f, (clip, found, seen) -> {
            float[][] maps = {new float[SCENE.size().area()]};
            for (int i = 0; i < maps[0].length; i++) {
                maps[0][i] = i % 220 < 60 || i % 220 > 180 ? 0.7f : 0.45f;
            }
            SalientObject.keepKnown(clip, maps, found, 0.5f);
            assertEquals(0.7f, maps[0][50], "of a region that was found in part");
            assertEquals(0, maps[0][200], "of one that was not");
            assertEquals(0.25f, maps[0][100], "of none");
        });
    }

    private interface Drawing {
        float at(int x, int y, int t);
    }

    private interface Check {
        void on(CoarseClip clip, float[][] found, SalientObject seen);
    }

    private static void looked(Drawing drawing, Check check) {
        float[][] found = new float[SCENE.frames()][SCENE.size().area()];
        for (int t = 0; t < found.length; t++) {
            for (int i = 0; i < found[t].length; i++) {
                found[t][i] = drawing.at(i % 220, i / 220, t);
            }
        }
        try (Clip drawn = SCENE.clip();
                SolveFrames frames = SolveFrames.of(drawn, Progress.NONE);
                ClipFlow flow = ClipFlow.of(frames, Progress.NONE)) {
            CoarseClip clip = CoarseClip.of(frames, flow, Progress.NONE);
            check.on(clip, found, SalientObject.around(frames, clip, found, 2, Progress.NONE));
        }
    }

    private static double iou(float[] map, Plane truth) {
        byte[] values = new byte[map.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) Math.round(255 * map[i]);
        }
        return MatteQuality.iou(new Plane(truth.size(), values), truth);
    }
}
