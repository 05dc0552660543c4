package org.stablevideo.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.stablevideo.atlas.Atlas;

/** The atlases of a clip's shots, in their order. */
record ShotList(List<Atlas> atlases) {

    /** Frames of the clip that a shot is made of. */
    record Frames(int first, int count) {
        @Override
        public String toString() {
            return first + "–" + (first + count - 1);
        }
    }

    /** What is made of every shot. */
    <T> Stream<T> map(BiFunction<Frames, Atlas, T> what) {
        List<Frames> spans = new ArrayList<>();
        int first = 0;
        for (Atlas atlas : atlases) {
            spans.add(new Frames(first, atlas.frameCount()));
            first += atlas.frameCount();
        }
        return IntStream.range(0, spans.size()).mapToObj(k -> what.apply(spans.get(k), atlases.get(k)));
    }
}
