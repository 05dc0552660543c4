package org.stablevideo.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.AtlasInspection;
import org.stablevideo.clip.Clip;
import org.stablevideo.edit.Edit;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.host.Studio;
import org.stablevideo.motion.SolveFrames;
import org.stablevideo.pipeline.ClipSource;
import org.stablevideo.pipeline.EffectRequest;
import org.stablevideo.preset.PresetLibrary;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.LayerEdit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code inspect IN --out DIR}: what the program made of a clip, as pictures; with prompts also the edited atlases. */
@Command(
        name = "inspect",
        description = "Writes atlases, mattes and the reconstruction of a clip as PNG; with a prompt also the edited atlases.")
final class InspectCommand implements Callable<Integer> {

    @Mixin
    private ClipOptions clip = new ClipOptions();

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder for the pictures; made when missing.")
    private Path out;

    private CommandSpec spec;
    private EffectOptions effect;

    @Spec
    void declare(CommandSpec own) {
        spec = own;
        effect = EffectOptions.addTo(own);
    }

    @Override
    public Integer call() throws IOException {
        PresetLibrary library = PresetLibrary.standard();
        Map<String, String> given = effect.given(library);
        EffectRequest request = EffectRequest.read(given, library);
        ClipSource source = clip.source();
        List<Path> files = new ArrayList<>();
        try (Studio studio = new Studio();
                ProgressLine progress = ProgressLine.standard()) {
            boolean edits = request.edit().changesSomething();
            Atlas atlas = studio.pipeline().analyse(source, request.mask(), edits ? progress.part(0, 0.6) : progress);
            try (Clip frames = source.open(Progress.NONE);
                    SolveFrames solved = SolveFrames.of(frames, atlas.solveSize(), Progress.NONE)) {
                files.addAll(new AtlasInspection(atlas).write(out, solved::frame));
            }
            if (edits) {
                Edit edit = studio.pipeline().edit(source, request.edit(), request.mask(), progress.part(0.6, 1));
                for (LayerEdit layer : edit.layers()) {
                    files.add(write(layer));
                }
            }
        }
        files.forEach(file -> spec.commandLine().getOut().println(file));
        return ExitCode.DONE;
    }

    private Path write(LayerEdit layer) throws IOException {
        FrameSize size = layer.colour().size();
        BufferedImage image = new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_ARGB);
        byte[] rgb = layer.colour().rgb();
        for (int i = 0; i < size.area(); i++) {
            int colour = (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | rgb[3 * i + 2] & 0xff;
            image.setRGB(i % size.width(), i / size.width(), (layer.opacity().values()[i] & 0xff) << 24 | colour);
        }
        Files.createDirectories(out);
        Path file = out.resolve("edit-" + layer.layer() + ".png");
        ImageIO.write(image, "png", file.toFile());
        return file;
    }
}
