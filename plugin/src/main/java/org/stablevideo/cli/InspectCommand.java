package org.stablevideo.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.AtlasInspection;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipPart;
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

    @Mixin
    private ObjectsOption objects = new ObjectsOption();

    @Mixin
    private SolverOptions solver = new SolverOptions();

    private CommandSpec spec;
    private EffectOptions effect;

    @Spec
    void declare(CommandSpec own) {
        spec = own;
        effect = EffectOptions.addTo(own);
    }

    @Override
    public Integer call() throws IOException {
        solver.apply();
        PresetLibrary library = PresetLibrary.standard();
        Map<String, String> given = effect.given(library);
        EffectRequest request = EffectRequest.read(given, library);
        ClipSource source = clip.source();
        List<Path> files = new ArrayList<>();
        try (Studio studio = new Studio();
                ProgressLine progress = ProgressLine.standard()) {
            boolean edits = request.edit().changesSomething();
            int wanted = edits ? request.edit().prompts().count() : objects.count();
            List<Atlas> atlases = studio.pipeline().analyse(source, request.mask(), wanted, edits ? progress.part(0, 0.6) : progress);
            List<Path> folders = IntStream.range(0, atlases.size())
                    .mapToObj(k -> atlases.size() == 1 ? out : out.resolve("shot-" + (k + 1)))
                    .toList();
            try (Clip frames = source.open(Progress.NONE)) {
                List<ShotList.Frames> shots = new ShotList(atlases).map((span, atlas) -> span).toList();
                for (int k = 0; k < atlases.size(); k++) {
                    Clip shot = new ClipPart(frames, shots.get(k).first(), shots.get(k).count());
                    try (SolveFrames solved = SolveFrames.of(shot, atlases.get(k).solveSize(), Progress.NONE)) {
                        files.addAll(new AtlasInspection(atlases.get(k)).write(folders.get(k), solved::frame));
                    }
                }
            }
            if (edits) {
                List<Edit> made = studio.pipeline().edit(source, request.edit(), request.mask(), progress.part(0.6, 1));
                for (int k = 0; k < made.size(); k++) {
                    for (LayerEdit layer : made.get(k).layers()) {
                        files.add(write(layer, folders.get(k)));
                    }
                }
            }
        }
        files.forEach(file -> spec.commandLine().getOut().println(file));
        return ExitCode.DONE;
    }

    private static Path write(LayerEdit layer, Path folder) throws IOException {
        FrameSize size = layer.colour().size();
        BufferedImage image = new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_ARGB);
        byte[] rgb = layer.colour().rgb();
        for (int i = 0; i < size.area(); i++) {
            int colour = (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | rgb[3 * i + 2] & 0xff;
            image.setRGB(i % size.width(), i / size.width(), (layer.opacity().values()[i] & 0xff) << 24 | colour);
        }
        Files.createDirectories(folder);
        Path file = folder.resolve("edit-" + layer.layer() + ".png");
        ImageIO.write(image, "png", file.toFile());
        return file;
    }
}
