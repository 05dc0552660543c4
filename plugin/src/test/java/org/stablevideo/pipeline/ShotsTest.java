package org.stablevideo.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.render.FrameRenderer;
import org.stablevideo.render.RenderSettings;

class ShotsTest {

    private static final FrameSize SIZE = new FrameSize(4, 4);

    private final List<String> heard = new ArrayList<>();

    @Test
    void shouldDivideLongShotsIntoEqualPartsThatShareFrames() {
        for (int frames = 1; frames < 3000; frames += frames < 400 ? 1 : 97) {
            Shots shots = Shots.cut(List.of(0), frames);
            assertEquals(frames <= Shots.LONGEST, shots.count() == 1, frames + " frames");
            for (int k = 0; k < shots.count() && shots.count() > 1; k++) {
                Shots.Part part = shots.parts().get(k);
                assertTrue(part.count() <= 90 && part.count() >= 50, part + " of " + frames);
                assertEquals(k > 0, shots.goesOn(k));
                assertEquals(k == 0 ? 0 : 8, k == 0 ? part.first() : shots.parts().get(k - 1).end() - part.first());
            }
        }
    }

    @Test
    void shouldNotLetAShotGoOnFromAnotherOne() {
        Shots shots = Shots.cut(List.of(0, 40, 300), 350);
        assertEquals(new Shots.Part(0, 40), shots.parts().get(0));
        assertEquals(new Shots.Part(300, 50), shots.parts().get(shots.count() - 1));
        assertFalse(shots.goesOn(1));
        assertTrue(shots.goesOn(2));
        assertFalse(shots.goesOn(shots.count() - 1));
        assertEquals(1, shots.share(1, 40));
    }

    @Test
    void shouldRefuseGapsAndFramesThatAreNotThere() {
        assertThrows(IllegalArgumentException.class, () -> new Shots(List.of(new Shots.Part(0, 4), new Shots.Part(5, 5)), 10));
        assertThrows(IllegalArgumentException.class, () -> new Shots(List.of(new Shots.Part(0, 4)), 10));
        assertThrows(IllegalArgumentException.class, () -> new Shots(List.of(new Shots.Part(0, 11)), 10));
        assertThrows(IllegalArgumentException.class, () -> new Shots(List.of(), 10));
    }

    @Test
    void shouldWorkOutwardsFromTheFrameThatWasMarked() {
        ClipIdentity clip = new ClipIdentity("/films/a.mp4", "0123456789abcdef", 0, 400);
        Shots shots = Shots.cut(List.of(0), 400);
        PartPlan plain = PartPlan.of(shots, clip, "", 1, "");
        assertEquals(List.of(0, 1, 2, 3, 4), plain.order());
        assertEquals(List.of(-1, 0, 1, 2, 3), plain.origins());
        PartPlan marked = PartPlan.of(shots, clip, "box:10,10,30,30@200", 1, "");
        assertEquals(List.of(2, 3, 4, 1, 0), marked.order());
        assertEquals(List.of(1, 2, -1, 2, 3), marked.origins());
        assertEquals(WorkId.atlas(shots.identity(clip, 0), "", 1, ""), plain.atlasIds().get(0));
        assertNotEquals(WorkId.atlas(shots.identity(clip, 1), "", 1, ""), plain.atlasIds().get(1), "its objects depend on the part before");
    }

    @Test
    void shouldGoOverFromOnePartIntoTheNextWhereTheyShareFrames() {
        Shots shots = Shots.cut(List.of(0), 200);
        try (FrameRenderer renderer = new ShotsRenderer(shots, k -> new Flat(k, shots.parts().get(k).count()))) {
            int last = shots.parts().get(0).end();
            int first = shots.parts().get(1).first();
            int before = 0;
            for (int t = first - 2; t < last + 2; t++) {
                int value = rendered(renderer, t);
                assertEquals(t < first ? 0 : t >= last ? 100 : Math.round(100 * (t - first + 1) / 9f), value, "frame " + t);
                assertTrue(value >= before);
                before = value;
            }
            assertEquals(100, rendered(renderer, 100));
        }
    }

    @Test
    void shouldHaveFewRenderersOpenAtATime() {
        Shots shots = Shots.cut(List.of(0), 1000);
        try (FrameRenderer renderer = new ShotsRenderer(shots, k -> new Flat(k, shots.parts().get(k).count()))) {
            int open = 0;
            for (int t = 0; t < 1000; t++) {
                rendered(renderer, t);
                open = (int) (heard.stream().filter(word -> word.startsWith("open")).count() - heard.stream().filter(word -> word.startsWith("close")).count());
                assertTrue(open <= 3, open + " are open at frame " + t);
            }
            assertEquals(shots.count(), heard.stream().filter(word -> word.startsWith("open")).count(), "none is opened twice on the way");
        }
        assertEquals(heard.stream().filter(word -> word.startsWith("open")).count(), heard.stream().filter(word -> word.startsWith("close")).count());
    }

    private static int rendered(FrameRenderer renderer, int t) {
        RgbFrame frame = RgbFrame.allocate(SIZE);
        renderer.render(t, frame, RenderSettings.DEFAULT);
        return frame.pixels().get(0) & 255;
    }

    private final class Flat implements FrameRenderer {
        private final int part;
        private final int frames;

        Flat(int part, int frames) {
            this.part = part;
            this.frames = frames;
            heard.add("open " + part);
        }

        @Override
        public int frameCount() {
            return frames;
        }

        @Override
        public void render(int index, RgbFrame frame, RenderSettings settings) {
            assertTrue(index >= 0 && index < frames, "frame " + index + " of part " + part);
            for (int i = 0; i < frame.size().rgbBytes(); i++) {
                frame.pixels().put(i, (byte) (100 * part));
            }
        }

        @Override
        public void close() {
            heard.add("close " + part);
        }
    }
}
