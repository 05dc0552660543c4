package org.stablevideo.motion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;

/** A bar that goes to the right behind a post, drawn into maps; nothing says how it moves. */
class CutOffPartsTest {

    private static final FrameSize SIZE = new FrameSize(160, 60);
    private static final int FRAMES = 12;
    private static final int LONG = 60;
    private static final int HIGH = 8;
    private static final int POST = 70;
    private static final int WIDE = 12;

    private final float[][] maps = new float[FRAMES][SIZE.area()];
    private final boolean[][] ball = new boolean[FRAMES][SIZE.area()];

    @BeforeEach
    void draw() {
        for (int t = 0; t < FRAMES; t++) {
            bar(t, 8 + 5 * t, 8 + 5 * t + LONG, 10);
        }
    }

    @Test
    void shouldKeepWhatComesOutOnTheOtherSideOfAPost() {
        keepMarked();
        for (int t = 0; t < FRAMES; t++) {
            assertEquals(HIGH * Math.min(LONG, POST - 8 - 5 * t), kept(t, 0, POST), "frame " + t + ", before the post");
            assertEquals(HIGH * Math.max(0, 8 + 5 * t + LONG - POST - WIDE), kept(t, POST + WIDE, SIZE.width()), "frame " + t + ", beyond it");
        }
    }

    /** What ranks things is the motion of the longest part of the first frame; nobody marked it. */
    @Test
    void shouldKeepBothSidesOfWhatMovesMost() {
        float[][] rank = new float[FRAMES][SIZE.area()];
        rank[0] = maps[0].clone();
        CoarseClip clip = drawn();
        CutOffParts.keep(clip, maps, rank, MotionMattes.THING, ColourModel.cells(clip));
        for (int t = 1; t < FRAMES; t++) {
            assertEquals(HIGH * Math.max(0, 8 + 5 * t + LONG - POST - WIDE), kept(t, POST + WIDE, SIZE.width()), "frame " + t + ", beyond the post");
        }
    }

    /** A ball lies beyond the post all the time, as near as the bar's end is when it comes out. */
    @Test
    void shouldLeaveWhatLooksOtherwise() {
        for (int t = 0; t < FRAMES; t++) {
            for (int y = 10; y < 10 + HIGH; y++) {
                for (int x = POST + WIDE + 2; x < POST + WIDE + 8 && 8 + 5 * t + LONG < POST + WIDE; x++) {
                    maps[t][y * SIZE.width() + x] = 0.9f;
                    ball[t][y * SIZE.width() + x] = true;
                }
            }
        }
        keepMarked();
        assertEquals(0, kept(0, POST + WIDE, SIZE.width()) + kept(1, POST + WIDE, SIZE.width()) + kept(2, POST + WIDE, SIZE.width()));
    }

    @Test
    void shouldLeaveWhatIsFarOff() {
        for (int t = 1; t < FRAMES; t++) {
            bar(t, 90, 150, 45);
        }
        keepMarked();
        for (int t = 0; t < FRAMES; t++) {
            int below = 0;
            for (int i = 40 * SIZE.width(); i < SIZE.area(); i++) {
                below += maps[t][i] > 0.5f ? 1 : 0;
            }
            assertEquals(0, below, "frame " + t);
        }
    }

    /** What is marked is shorter than the bar, which shows whole in other frames: those say how far off a part may be. */
    @Test
    void shouldKnowTheThingsLengthFromOtherFrames() {
        float[] mark = maps[4].clone();
        for (int i = 0; i < mark.length; i++) {
            mark[i] = i % SIZE.width() < POST ? mark[i] : 0;
        }
        keepMarked(4, mark);
        for (int t = 5; t < FRAMES; t++) {
            assertEquals(HIGH * (8 + 5 * t + LONG - POST - WIDE), kept(t, POST + WIDE, SIZE.width()), "frame " + t + ", beyond the post");
        }
    }

    /** Marked is the bar as it is in the first frame. */
    private void keepMarked() {
        keepMarked(0, maps[0].clone());
    }

    private void keepMarked(int at, float... mark) {
        CoarseClip clip = drawn();
        CutOffParts.keepMarked(clip, maps, Map.of(at, mark), ColourModel.cells(clip));
    }

    /** The bar is red, the ball blue, all else grey. */
    private CoarseClip drawn() {
        FlowField[] rest = new FlowField[FRAMES - 1];
        Arrays.fill(rest, FlowField.still(SIZE));
        byte[][] rgb = new byte[FRAMES][SIZE.rgbBytes()];
        for (int t = 0; t < FRAMES; t++) {
            Arrays.fill(rgb[t], (byte) 100);
            for (int i = 0; i < SIZE.area(); i++) {
                if (maps[t][i] > 0.5f) {
                    rgb[t][3 * i + (ball[t][i] ? 2 : 0)] = (byte) 220;
                }
            }
        }
        return new CoarseClip(SIZE, 1, rgb, rest, rest);
    }

    private void bar(int t, int from, int to, int top) {
        for (int y = top; y < top + HIGH; y++) {
            for (int x = from; x < to; x++) {
                maps[t][y * SIZE.width() + x] = x < POST || x >= POST + WIDE ? 0.9f : 0;
            }
        }
    }

    private int kept(int t, int from, int to) {
        int pixels = 0;
        for (int i = 0; i < SIZE.area(); i++) {
            pixels += i % SIZE.width() >= from && i % SIZE.width() < to && maps[t][i] > 0.5f ? 1 : 0;
        }
        return pixels;
    }
}
