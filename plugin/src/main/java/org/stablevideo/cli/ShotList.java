package org.stablevideo.cli;

import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.stablevideo.atlas.Atlas;

/** The atlases of a clip's parts, in their order. */
record ShotList(List<Atlas> atlases) {

    /** Frames of the clip that a part is made of. */
    record Frames(int first, int count) {

        /** Those of an atlas in a clip that begins with a frame of its source. */
        static Frames of(Atlas atlas, int beginning) {
            return new Frames(atlas.clip().firstFrame() - beginning, atlas.frameCount());
        }

        @Override
        public String toString() {
            return first + "–" + (first + count - 1);
        }
    }

    /** What is made of every part. */
    <T> Stream<T> map(BiFunction<Frames, Atlas, T> what) {
        int beginning = atlases.get(0).clip().firstFrame();
        return atlases.stream().map(atlas -> what.apply(Frames.of(atlas, beginning), atlas));
    }
}
