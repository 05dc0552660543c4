package org.stablevideo.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.model.Autoencoder;
import org.stablevideo.model.CheckpointParts;
import org.stablevideo.model.ClipTextEncoder;
import org.stablevideo.model.ControlNet;
import org.stablevideo.model.DepthEstimator;
import org.stablevideo.model.LatentUNet;
import org.stablevideo.model.ModelStore;
import org.stablevideo.progress.Progress;
import org.stablevideo.tensor.Patches;
import org.stablevideo.tensor.Precision;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.TensorEngine;
import org.stablevideo.tensor.Weights;

/**
 * The networks at their true sizes against the answers that {@code full_size.py} wrote: {@code FullSize FOLDER networks|edit|serve}. The first two end
 * with 1 where an answer differs by more than a thousandth of the largest number in it. The last hears {@code load NETWORK PRECISION}, {@code step} and
 * {@code free}, and answers with seconds.
 */
public final class FullSize {

    private static final double MOST = 1e-3;
    private static final String CHECKPOINT = "v1-5-random.safetensors";
    private static final String CANNY = "control_v11p_sd15_canny_fp16.safetensors";

    private final Path folder;
    private boolean good = true;

    private FullSize(Path folder) {
        this.folder = folder;
    }

    /** See the class. */
    public static void main(String[] arguments) throws IOException {
        FullSize all = new FullSize(Path.of(arguments[0]));
        TensorEngine.start();
        switch (arguments[1]) {
            case "networks" -> all.networks();
            case "edit" -> all.edit();
            case "serve" -> all.serve();
            default -> throw new IllegalArgumentException(arguments[1]);
        }
        System.exit(all.good ? 0 : 1);
    }

    private void networks() {
        try (SafetensorsFile given = open("inputs.safetensors"); SafetensorsFile answers = open("answers.safetensors")) {
            Weights wanted = answers.weights("");
            Inputs inputs = new Inputs(given.weights(""));
            controlled(inputs, wanted);
            try (Autoencoder vae = autoencoder(Precision.SINGLE); NDManager scope = vae.scope()) {
                agree("VAE, encoder", wanted.floats("encoded"), vae.encode(scope, inputs.array(scope, "picture")).toFloatArray());
                agree("VAE, decoder", wanted.floats("decoded"), vae.decode(scope, inputs.array(scope, "latents")).toFloatArray());
            }
            try (SafetensorsFile file = open(CHECKPOINT); ClipTextEncoder clip = new ClipTextEncoder(CheckpointParts.textEncoder(file))) {
                agree("CLIP-L, with its tokenizer", wanted.floats("clip"), clip.encode("a red car, best quality, extremely detailed"));
            }
            depth("Depth Anything V2 S", "depth_anything_v2_small.safetensors", inputs, "colours", wanted.floats("depth"));
            depth("DPT-Hybrid", "dpt_hybrid_midas.safetensors", inputs, "square", wanted.floats("hybrid"));
        }
    }

    private void depth(String what, String name, Inputs inputs, String picture, float[] wanted) {
        try (SafetensorsFile file = open(name); DepthEstimator depth = new DepthEstimator(file); NDManager scope = depth.scope()) {
            agree(what, wanted, depth.predict(scope, inputs.array(scope, picture)).toFloatArray());
        }
    }

    private void controlled(Inputs inputs, Weights wanted) {
        try (LatentUNet unet = unet(Precision.SINGLE); NDManager scope = unet.scope()) {
            NDArray latents = inputs.array(scope, "latents");
            NDArray time = scope.create(new float[] {501});
            NDArray text = inputs.array(scope, "text");
            agree("UNet", wanted.floats("unet"), unet.forward(scope, latents, time, text, new NDList()).toFloatArray());
            NDList added;
            try (ControlNet control = control(Precision.SINGLE)) {
                added = control.forward(scope, latents, time, text, control.hint(scope, inputs.array(scope, "hint")), 0.7);
            }
            for (int i = 0; i < added.size(); i++) {
                agree("ControlNet, output " + i, wanted.floats("control." + i), added.get(i).toFloatArray());
            }
            agree("UNet with ControlNet", wanted.floats("controlled"), unet.forward(scope, latents, time, text, added).toFloatArray());
        }
    }

    private void edit() {
        try (SafetensorsFile golden = open("edit.safetensors");
                PictureModel model = new PictureModels(new ModelStore(List.of(folder)), () -> Precision.SINGLE).open("v1-5-random")) {
            Map<String, String> told = golden.metadata();
            FrameSize size = new FrameSize(512, 512);
            PaintRequest request = new PaintRequest(
                    told.get("prompt"), told.get("negative"), size, Optional.of(KeyframeParityTest.edges(size)),
                    Double.parseDouble(told.get("control")), Optional.empty(), 1, Integer.parseInt(told.get("steps")),
                    Double.parseDouble(told.get("guidance")), Long.parseLong(told.get("seed")));
            long start = System.nanoTime();
            DiffusionPictureModel whole = (DiffusionPictureModel) model;
            float[] latents = whole.latents(request, Progress.NONE);
            float[] picture = whole.values(latents, size);
            double seconds = (System.nanoTime() - start) / 1e9;
            Weights wanted = golden.weights("");
            agree("whole edit, latents", wanted.floats("latents"), latents);
            agree("whole edit, picture", wanted.floats("raw"), picture);
            System.out.printf(Locale.ROOT, "the whole edit: %.1f s, diffusers %s s, ratio %.2f%n", seconds, told.get("seconds"),
                    seconds / Double.parseDouble(told.get("seconds")));
        }
    }

    private void agree(String what, float[] wanted, float[] got) {
        if (wanted.length != got.length) {
            throw new IllegalStateException(what + ": " + got.length + " numbers instead of " + wanted.length);
        }
        double worst = 0;
        double largest = 0;
        for (int i = 0; i < wanted.length; i++) {
            worst = Math.max(worst, Math.abs((double) wanted[i] - got[i]));
            largest = Math.max(largest, Math.abs(wanted[i]));
        }
        boolean near = worst <= MOST * largest;
        good &= near;
        System.out.printf(Locale.ROOT, "%s %s: %d numbers up to %.3g, largest difference %.1e, relative %.1e%n",
                near ? "ok   " : "WRONG", what, wanted.length, largest, worst, worst / largest);
    }

    /** One network at a time, for whoever measures. */
    private void serve() throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Step step = null;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            long start = System.nanoTime();
            if (words[0].equals("step")) {
                step.work.run();
            } else if (step != null) {
                step.close();
                step = null;
            }
            if (words[0].equals("load")) {
                step = step(words[1], Precision.valueOf(words[2].toUpperCase(Locale.ROOT)));
            }
            System.out.printf(Locale.ROOT, "= %.4f%n", (System.nanoTime() - start) / 1e9);
        }
    }

    private record Step(Runnable work, AutoCloseable network, NDManager scope, SafetensorsFile given) {
        void close() {
            scope.close();
            given.close();
            try {
                network.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private Step step(String name, Precision precision) {
        SafetensorsFile given = open("inputs.safetensors");
        Inputs inputs = new Inputs(given.weights(""));
        switch (name) {
            case "unet" -> {
                LatentUNet unet = unet(precision);
                NDManager scope = unet.scope();
                NDArray x = inputs.array(scope, "latents");
                NDArray text = inputs.array(scope, "text");
                NDArray time = scope.create(new float[] {501});
                return new Step(() -> brief(scope, own -> unet.forward(own, x, time, text, new NDList())), unet, scope, given);
            }
            case "controlnet" -> {
                ControlNet control = control(precision);
                NDManager scope = control.scope();
                NDArray x = inputs.array(scope, "latents");
                NDArray text = inputs.array(scope, "text");
                NDArray time = scope.create(new float[] {501});
                NDArray hint = control.hint(scope, inputs.array(scope, "hint"));
                return new Step(() -> brief(scope, own -> control.forward(own, x, time, text, hint, 1).get(12)), control, scope, given);
            }
            default -> {
                Autoencoder vae = autoencoder(precision);
                NDManager scope = vae.scope();
                boolean decode = name.equals("decode");
                NDArray x = inputs.array(scope, decode ? "latents" : "picture");
                return new Step(() -> brief(scope, own -> decode ? vae.decode(own, x) : vae.encode(own, x)), vae, scope, given);
            }
        }
    }

    private static void brief(NDManager scope, Function<NDManager, NDArray> work) {
        try (NDManager own = scope.newSubManager()) {
            work.apply(own).toFloatArray();
        }
    }

    private record Inputs(Weights tensors) {

        NDArray array(NDManager scope, String name) {
            return scope.create(floats(name), new Shape(shape(name)));
        }

        float[] floats(String name) {
            return tensors.floats(name);
        }

        long[] shape(String name) {
            return tensors.shapeOf(name);
        }
    }

    private LatentUNet unet(Precision precision) {
        try (SafetensorsFile file = open(CHECKPOINT)) {
            return new LatentUNet(CheckpointParts.unet(file), precision, Patches.NONE);
        }
    }

    private ControlNet control(Precision precision) {
        try (SafetensorsFile file = open(CANNY)) {
            return new ControlNet(CheckpointParts.controlNet(file), precision);
        }
    }

    private Autoencoder autoencoder(Precision precision) {
        try (SafetensorsFile file = open(CHECKPOINT)) {
            return new Autoencoder(CheckpointParts.autoencoder(file), precision);
        }
    }

    private SafetensorsFile open(String name) {
        return SafetensorsFile.open(folder.resolve(name));
    }
}
