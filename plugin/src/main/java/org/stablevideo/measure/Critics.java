package org.stablevideo.measure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.stablevideo.frame.Picture;
import org.stablevideo.model.ClipModel;
import org.stablevideo.model.ModelStore;
import org.stablevideo.model.PerceptualDistance;
import org.stablevideo.model.PictureFiles;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.SafetensorsFile;

/**
 * The networks that judge edits, as far as the user has their weights. Close them to free these.
 *
 * @param distance LPIPS, or empty
 * @param clip CLIP, or empty
 */
public record Critics(Optional<PerceptualDistance> distance, Optional<ClipModel> clip) implements AutoCloseable {

    /** Files of LPIPS on AlexNet, as written from the PyPI package (see packaging/docs/measures.md). */
    static final List<String> LPIPS = List.of("lpips_alex.safetensors", "lpips-alex.safetensors", "lpips.safetensors");

    /** Files, or folders of transformers, with CLIP whole. The first is what most papers use. */
    static final List<String> CLIP = List.of(
            "clip-vit-large-patch14.safetensors", "clip-vit-large-patch14", "clip-vit-base-patch32.safetensors", "clip-vit-base-patch32",
            "clip-vit-base-patch16.safetensors", "clip-vit-base-patch16");

    /** Those that a user has. */
    public static Critics of(ModelStore store) {
        Optional<PerceptualDistance> distance = opened(store, LPIPS, PerceptualDistance::new);
        try {
            return new Critics(distance, opened(store, CLIP, ClipModel::new));
        } catch (RuntimeException e) {
            distance.ifPresent(PerceptualDistance::close);
            throw e;
        }
    }

    private static <T> Optional<T> opened(ModelStore store, List<String> names, Function<SafetensorsFile, T> reading) {
        return store.find(names).flatMap(path -> Files.isDirectory(path) ? PictureFiles.network(path) : Optional.of(path)).map(path -> read(path, reading));
    }

    private static <T> T read(Path path, Function<SafetensorsFile, T> reading) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            return reading.apply(file);
        }
    }

    /**
     * Looks at an edit.
     *
     * @param source frames of the clip
     * @param edited frames of the edit, of the same size
     * @param count number of frames
     * @param prompt what the edit was to show; blank leaves the CLIP score out
     */
    public Impression of(IntFunction<Picture> source, IntFunction<Picture> edited, int count, String prompt, Progress progress) {
        if (distance.isEmpty() && clip.isEmpty()) {
            return Impression.NONE;
        }
        double[] lpipsSource = new double[distance.isPresent() ? count : 0];
        double[] lpipsNext = new double[distance.isPresent() ? count - 1 : 0];
        double[] clipPrompt = new double[clip.isPresent() && !prompt.isBlank() ? count : 0];
        double[] clipNext = new double[clip.isPresent() ? count - 1 : 0];
        Optional<float[]> words = clip.filter(c -> clipPrompt.length > 0).map(c -> c.text(prompt));
        double[] sum = new double[0];
        float[] seenBefore = null;
        Picture before = null;
        for (int t = 0; t < count; t++) {
            progress.report("judging frames", (double) t / count);
            Picture here = edited.apply(t);
            if (distance.isPresent()) {
                lpipsSource[t] = distance.get().between(here, source.apply(t));
                if (t > 0) {
                    lpipsNext[t - 1] = distance.get().between(before, here);
                }
            }
            if (clip.isPresent()) {
                float[] seen = clip.get().picture(here);
                sum = sum.length == 0 ? new double[seen.length] : sum;
                for (int i = 0; i < seen.length; i++) {
                    sum[i] += seen[i];
                }
                if (words.isPresent()) {
                    clipPrompt[t] = cosine(seen, words.get());
                }
                if (t > 0) {
                    clipNext[t - 1] = cosine(seen, seenBefore);
                }
                seenBefore = seen;
            }
            before = here;
        }
        return new Impression(lpipsSource, lpipsNext, clipPrompt, clipNext, allPairs(sum, count));
    }

    /** Directions have length 1, so ‖Σe‖² = n + the sum over ordered pairs. */
    private static double allPairs(double[] sum, int count) {
        if (sum.length == 0 || count < 2) {
            return Double.NaN;
        }
        double square = 0;
        for (double value : sum) {
            square += value * value;
        }
        return (square - count) / ((double) count * (count - 1));
    }

    private static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    @Override
    public void close() {
        distance.ifPresent(PerceptualDistance::close);
        clip.ifPresent(ClipModel::close);
    }
}
