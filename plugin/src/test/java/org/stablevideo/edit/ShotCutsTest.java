package org.stablevideo.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.render.DrawnShot;

class ShotCutsTest {

    private static final FrameSize SIZE = new FrameSize(97, 61);

    @Test
    void shouldFindCutsAndNothingElse() {
        IntFunction<Picture> pan = t -> waves(t * 0.35, 200, 60);
        assertEquals(List.of(0), ShotCuts.of(clip(12, pan)), "a pan");
        assertEquals(List.of(0), ShotCuts.of(clip(1, pan)), "one frame");
        assertEquals(List.of(0), ShotCuts.of(clip(9, t -> waves(0, 60 + 12 * t, 20 + 12 * t))), "a fade");
        IntFunction<Picture> three = t -> t < 4 ? waves(t * 0.1, 200, 60) : t < 9 ? waves(t * 0.1, 30, 250) : waves(t * 0.1, 120, 120);
        assertEquals(List.of(0, 4, 9), ShotCuts.of(clip(14, three)));
    }

    private static Picture waves(double phase, int red, int blue) {
        return DrawnShot.picture(SIZE, (x, y) -> new int[] {
            (int) Math.max(0, Math.min(255, red + 50 * Math.sin(x * 0.2 + phase))), (int) (120 + 80 * Math.sin(y * 0.1 + phase)), Math.min(255, blue)
        });
    }

    private static Clip clip(int count, IntFunction<Picture> frames) {
        return new Clip() {
            @Override
            public ClipIdentity identity() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int frameCount() {
                return count;
            }

            @Override
            public FrameSize size() {
                return SIZE;
            }

            @Override
            public FrameRate rate() {
                return new FrameRate(25, 1);
            }

            @Override
            public RgbFrame frame(int index) {
                RgbFrame frame = RgbFrame.allocate(SIZE);
                frame.set(frames.apply(index));
                return frame;
            }

            @Override
            public void close() {}
        };
    }
}
