package org.stablevideo.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.atlas.Atlas;
import org.stablevideo.atlas.AtlasQuality;
import org.stablevideo.atlas.AtlasTexture;
import org.stablevideo.atlas.ControlGrid;
import org.stablevideo.atlas.Layer;
import org.stablevideo.atlas.SolverChoice;
import org.stablevideo.clip.Clip;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.edit.Edit;
import org.stablevideo.edit.EditRequest;
import org.stablevideo.edit.Surroundings;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.frame.RgbFrame;
import org.stablevideo.problem.ModelMissing;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;
import org.stablevideo.render.FrameRenderer;
import org.stablevideo.render.LayerEdit;
import org.stablevideo.render.RenderSettings;

class StudioPipelineTest {

    private static final FrameSize SIZE = new FrameSize(6, 4);
    private static final ClipIdentity CLIP = new ClipIdentity("/films/a.mp4", "0123456789abcdef", 0, 1);

    private final List<String> work = new ArrayList<>();
    private final FakeStages stages = new FakeStages();
    private final StudioPipeline pipeline = new StudioPipeline(stages);

    @Test
    void shouldDoOnlyWhatIsMissing() {
        pipeline.prepare(source(CLIP), request("a red car"), "", Progress.NONE).close();
        pipeline.prepare(source(CLIP), request("a red car"), "", Progress.NONE).close();
        pipeline.prepare(source(CLIP), request("a blue car"), "", Progress.NONE).close();
        assertEquals(List.of("open", "analyse", "edit a red car", "open", "edit a blue car"), work);
    }

    @Test
    void shouldFindFinishedEditsOfTheSameContentElsewhere() {
        pipeline.prepare(source(CLIP), request("a red car"), "", Progress.NONE).close();
        ClipIdentity moved = new ClipIdentity("/archive/b.mp4", CLIP.contentHash(), 0, 1);
        assertTrue(pipeline.find(moved, request("a red car"), "").isPresent());
        assertFalse(pipeline.find(moved, request("a green car"), "").isPresent());
        assertFalse(pipeline.find(moved, request("a red car"), "/masks/other.png").isPresent());
    }

    @Test
    void shouldNotTakeTheAtlasOfAnotherSolver() {
        pipeline.prepare(source(CLIP), request("a red car"), "", Progress.NONE).close();
        StudioPipeline other = new StudioPipeline(stages, SolverChoice.of("nla:500"));
        assertFalse(other.find(CLIP, request("a red car"), "").isPresent());
        other.prepare(source(CLIP), request("a red car"), "", Progress.NONE).close();
        assertEquals(List.of("open", "analyse", "edit a red car", "open", "analyse", "edit a red car"), work);
        assertTrue(other.find(CLIP, request("a red car"), "").isPresent());
    }

    @Test
    void shouldKeepTheAtlasWhenTheEditIsCancelled() {
        Progress stop = (stage, fraction) -> {
            if (stage.equals("painting")) {
                throw new CancelledException();
            }
        };
        assertThrows(CancelledException.class, () -> pipeline.prepare(source(CLIP), request("a red car"), "", stop));
        work.clear();
        pipeline.prepare(source(CLIP), request("a red car"), "", Progress.NONE).close();
        assertEquals(List.of("open", "edit a red car"), work);
    }

    @Test
    void shouldSayWhenThereIsNothingToEdit() {
        ProblemException e =
                assertThrows(ProblemException.class, () -> pipeline.prepare(source(CLIP), request(" "), "", Progress.NONE));
        assertEquals("request-invalid", e.problem().code());
    }

    @Test
    void shouldNameWorkByEverythingThatChangesItsPixels() {
        String id = WorkId.edit("atlas", request("a red car"), "pocket");
        assertNotEquals(id, WorkId.edit("atlas", request("a red cat"), "pocket"));
        assertNotEquals(id, WorkId.edit("atlas", request("a red car"), "sd15"));
        assertNotEquals(id, WorkId.edit("atlas2", request("a red car"), "pocket"));
        assertEquals(id, WorkId.edit("atlas", request("a red car"), "pocket"));
    }

    @Test
    void shouldNameAtlasesByTheObjectsThatTheyTellApart() {
        String one = WorkId.atlas(CLIP, "", 1, "");
        assertNotEquals(one, WorkId.atlas(CLIP, "", 2, ""));
        assertNotEquals(one, WorkId.atlas(CLIP, "", 1, SolverChoice.of("nla").key()));
        assertNotEquals(one, WorkId.atlas(CLIP, "a.png", 1, ""));
        assertNotEquals(WorkId.atlas(CLIP, "a.png", 1, ""), WorkId.atlas(CLIP, "a.png|b.png", 1, ""));
        assertNotEquals(WorkId.atlas(CLIP, "b.png|a.png", 2, ""), WorkId.atlas(CLIP, "a.png|b.png", 2, ""));
        assertEquals(WorkId.atlas(CLIP, "a.png|b.png", 1, ""), WorkId.atlas(CLIP, "a.png|b.png", 2, ""), "each mask is an object, prompt or not");
    }

    @Test
    void shouldAnalyseAsManyObjectsAsHavePrompts() {
        pipeline.prepare(source(CLIP), request("a red car | a blue bus"), "", Progress.NONE).close();
        assertEquals(2, stages.masks.get(0).objects());
    }

    @Test
    void shouldFindWhatWasPackedBesideTheClip(@TempDir Path travel) throws IOException {
        ClipIdentity clip = new ClipIdentity(travel.resolve("film/clips/a.mp4").toString(), CLIP.contentHash(), 0, 1);
        Path folder = travel.resolve("film").resolve(PackedEdits.FOLDER);
        Path mask = Files.writeString(Files.createDirectories(travel.resolve("film/clips")).resolve("mask.png"), "1234");
        assertTrue(pipeline.pack(clip, request("a red car"), "", folder).isEmpty(), "nothing is made yet");
        pipeline.prepare(source(clip), request("a red car"), mask.toString(), Progress.NONE).close();
        Path file = pipeline.pack(clip, request("a red car"), mask.toString(), folder).orElseThrow();

        StudioPipeline elsewhere = new StudioPipeline(new FakeStages() {
            @Override
            public String modelId(EditRequest request) {
                throw new ProblemException(new ModelMissing("The model is not installed.", "Fetch it."));
            }
        });
        assertTrue(elsewhere.find(clip, request("a red car"), mask.toString()).isPresent());
        assertTrue(elsewhere.find(clip, request("a red car"), "/not/taken/along/mask.png").isPresent(), "the mask itself need not travel");
        assertThrows(ProblemException.class, () -> elsewhere.find(clip, request("a red car"), ""), "an edit with a mask is another one");
        assertThrows(ProblemException.class, () -> elsewhere.find(clip, request("a red cat"), mask.toString()));
        Files.writeString(mask, "another mask");
        assertThrows(ProblemException.class, () -> elsewhere.find(clip, request("a red car"), mask.toString()), "the mask has changed since");
        Files.writeString(mask, "1234");
        Files.write(file, new byte[] {1, 2, 3});
        assertThrows(ProblemException.class, () -> elsewhere.find(clip, request("a red car"), mask.toString()), "damaged counts as missing");
    }

    @Test
    void shouldKnowTheShotsOfWhatWasPacked(@TempDir Path travel) throws IOException {
        ClipIdentity clip = new ClipIdentity(travel.resolve("a.mp4").toString(), CLIP.contentHash(), 10, 50);
        Path folder = Files.createDirectories(travel.resolve(PackedEdits.FOLDER));
        Files.createFile(folder.resolve(clip.part(20, 30).key() + "-motion-00.svedit"));
        assertTrue(new PackedEdits().shotsOf(clip).isEmpty(), "one shot is missing");
        Files.createFile(folder.resolve(clip.part(0, 20).key() + "-motion-00.svedit"));
        Files.createFile(folder.resolve(clip.part(0, 20).key() + "-motion-11.svedit"));
        assertEquals(Shots.cut(List.of(0, 20), 50), new PackedEdits().shotsOf(clip).orElseThrow());
        Files.createFile(folder.resolve(clip.key() + "-motion-00.svedit"));
        assertEquals(Shots.one(50), new PackedEdits().shotsOf(clip).orElseThrow(), "the whole clip as one shot");
    }

    @Test
    void shouldKnowThePartsOfALongShotThatWasPacked(@TempDir Path travel) throws IOException {
        ClipIdentity clip = new ClipIdentity(travel.resolve("a.mp4").toString(), CLIP.contentHash(), 10, 250);
        Path folder = Files.createDirectories(travel.resolve(PackedEdits.FOLDER));
        Shots shots = Shots.cut(List.of(0, 30), 250);
        for (int k = 0; k < shots.count(); k++) {
            assertTrue(new PackedEdits().shotsOf(clip).isEmpty(), "part " + k + " is missing");
            Files.createFile(folder.resolve(shots.identity(clip, k).key() + "-motion-00.svedit"));
        }
        Files.createFile(folder.resolve(clip.part(40, 70).key() + "-motion-00.svedit"));
        assertEquals(shots, new PackedEdits().shotsOf(clip).orElseThrow(), "what was made of another piece of the clip does not disturb");
    }

    @Test
    void shouldWarnOfEditsOnPoorAtlases() {
        List<String> heard = new ArrayList<>();
        Progress listener = new Progress() {
            @Override
            public void report(String stage, double fraction) {
                // only words matter here
            }

            @Override
            public void warn(String sentence) {
                heard.add(sentence);
            }
        };
        pipeline.prepare(source(CLIP), request("a red car"), "", listener.part(0, 0.5).renamed(stage -> stage)).close();
        assertEquals(List.of(), heard, "a good atlas needs no words");
        stages.staticPsnr = 15;
        ClipIdentity other = new ClipIdentity("/films/b.mp4", "fedcba9876543210", 0, 1);
        pipeline.prepare(source(other), request("a red car"), "", listener.part(0, 0.5).renamed(stage -> stage)).close();
        assertEquals(1, heard.size());
        assertTrue(heard.get(0).contains("may swim or tear") && heard.get(0).contains("15.0 dB"), heard.get(0));
    }

    @Test
    void shouldGiveEveryShotAnAtlasAndAnEditOfItsOwn() {
        ClipIdentity film = new ClipIdentity("/films/film.mp4", CLIP.contentHash(), 100, 10);
        stages.starts = List.of(0, 4);
        assertTrue(pipeline.find(film, request("a red car"), "").isEmpty());
        List<String> stagesHeard = new ArrayList<>();
        try (FrameRenderer renderer = pipeline.prepare(source(film), request("a red car"), "", (stage, fraction) -> stagesHeard.add(stage))) {
            assertEquals(10, renderer.frameCount());
            renderer.render(3, RgbFrame.allocate(SIZE), RenderSettings.DEFAULT);
            renderer.render(4, RgbFrame.allocate(SIZE), RenderSettings.DEFAULT);
            renderer.render(9, RgbFrame.allocate(SIZE), RenderSettings.DEFAULT);
        }
        assertEquals(
                List.of("open", "analyse 100+4 mask 0", "edit a red car", "analyse 104+6 mask 4", "edit a red car", "render 3 of 100", "render 0 of 104", "render 5 of 104"),
                work);
        assertTrue(stagesHeard.contains("shot 2 of 2: painting"), stagesHeard.toString());
        work.clear();
        assertEquals(2, pipeline.analyse(source(film), "", 1, Progress.NONE).size());
        assertEquals(2, pipeline.edit(source(film), request("a red car"), "", Progress.NONE).size());
        pipeline.find(film, request("a red car"), "").orElseThrow().close();
        assertEquals(List.of(), work, "all of it is finished");
        pipeline.edit(source(film), request("a blue car"), "", Progress.NONE);
        assertEquals(List.of("open", "edit a blue car", "edit a blue car"), work, "atlases stay");
    }

    @Test
    void shouldGoOnFromPartToPartOfALongShot() {
        ClipIdentity film = new ClipIdentity("/films/film.mp4", CLIP.contentHash(), 100, 200);
        pipeline.prepare(source(film), request("a red car"), "", Progress.NONE).close();
        assertEquals(List.of("164 from 100", "edit 164 from 100", "228 from 164", "edit 228 from 164"), stages.origins);
        work.clear();
        try (FrameRenderer renderer = pipeline.find(film, request("a red car"), "").orElseThrow()) {
            renderer.render(66, RgbFrame.allocate(SIZE), RenderSettings.DEFAULT);
        }
        assertEquals(List.of("render 66 of 100", "render 2 of 164"), work);
        stages.edits.clear();
        stages.origins.clear();
        pipeline.edit(source(film), request("a red car"), "point:50,50@199", Progress.NONE);
        assertEquals(List.of("164 from 228", "edit 164 from 228", "100 from 164", "edit 100 from 164"), stages.origins, "from the mark outwards");
    }

    @Test
    void shouldShowAgainWhatTheCacheCouldNotKeep() {
        ClipIdentity film = new ClipIdentity("/films/film.mp4", CLIP.contentHash(), 0, 500);
        stages.keeps = false;
        try (FrameRenderer renderer = pipeline.prepare(source(film), request("a red car"), "", Progress.NONE)) {
            for (int t = 0; t < 500; t += 50) {
                renderer.render(t, RgbFrame.allocate(SIZE), RenderSettings.DEFAULT);
            }
            renderer.render(0, RgbFrame.allocate(SIZE), RenderSettings.DEFAULT);
        }
    }

    @Test
    void shouldSayWhenAPartIsGoneFromTheCache() {
        ClipIdentity film = new ClipIdentity("/films/film.mp4", CLIP.contentHash(), 0, 200);
        try (FrameRenderer renderer = pipeline.prepare(source(film), request("a red car"), "", Progress.NONE)) {
            stages.edits.clear();
            ProblemException e = assertThrows(
                    ProblemException.class, () -> renderer.render(10, RgbFrame.allocate(SIZE), RenderSettings.DEFAULT));
            assertTrue(e.problem().sentence().contains("part 1"), e.problem().sentence());
        }
    }

    @Test
    void shouldCountKeyFramesFromTheBeginningOfTheWholeClip() {
        ClipIdentity film = new ClipIdentity("/films/film.mp4", CLIP.contentHash(), 0, 200);
        pipeline.edit(source(film), request("a red car").withKeyframes(List.of(70, 10, 150)), "", Progress.NONE);
        assertEquals(List.of(List.of(70, 10), List.of(6), List.of(22)), stages.requests.stream().map(EditRequest::keyframes).toList());
        ProblemException e = assertThrows(ProblemException.class,
                () -> pipeline.edit(source(film), request("a red car").withKeyframes(List.of(200)), "", Progress.NONE));
        assertTrue(e.problem().sentence().contains("outside the clip of 200 frames"), e.problem().sentence());
    }

    private static double[] filled(int count, double value) {
        double[] values = new double[count];
        java.util.Arrays.fill(values, value);
        return values;
    }

    private EditRequest request(String foreground) {
        return EffectRequest.read(Map.of("foreground", foreground)).edit();
    }

    private ClipSource source(ClipIdentity identity) {
        return new ClipSource() {
            @Override
            public ClipIdentity identity() {
                return identity;
            }

            @Override
            public Clip open(Progress progress) {
                work.add("open");
                return new BlackClip(identity);
            }
        };
    }

    private record BlackClip(ClipIdentity identity) implements Clip {
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
            return RgbFrame.allocate(SIZE);
        }

        @Override
        public void close() {
            // owns nothing
        }
    }

    private class FakeStages implements Stages {
        private double staticPsnr = 29;
        private boolean keeps = true;
        private final Map<String, Atlas> atlases = new HashMap<>();
        private final Map<String, Edit> edits = new HashMap<>();
        private final Map<String, Shots> divided = new HashMap<>();
        private final List<ObjectMask> masks = new ArrayList<>();
        private List<Integer> starts = List.of(0);
        private final List<String> origins = new ArrayList<>();
        private final List<EditRequest> requests = new ArrayList<>();

        @Override
        public String modelId(EditRequest request) {
            return "fake";
        }

        @Override
        public Optional<Atlas> findAtlas(String id) {
            return Optional.ofNullable(atlases.get(id));
        }

        @Override
        public Optional<Edit> findEdit(String id) {
            return Optional.ofNullable(edits.get(id));
        }

        @Override
        public Optional<Shots> findShots(ClipIdentity clip) {
            return Optional.ofNullable(divided.get(clip.key()));
        }

        @Override
        public Shots divide(Clip clip, Progress progress) {
            Shots shots = Shots.cut(starts, clip.frameCount());
            divided.put(clip.identity().key(), shots);
            return shots;
        }

        @Override
        public Atlas analyse(String id, Clip clip, ObjectMask mask, Optional<Atlas> origin, Progress progress) {
            origin.ifPresent(atlas -> origins.add(clip.identity().firstFrame() + " from " + atlas.clip().firstFrame()));
            masks.add(mask);
            work.add("analyse" + (clip.frameCount() == 1 ? "" : " " + clip.identity().firstFrame() + "+" + clip.frameCount() + " mask " + mask.first()));
            int frames = clip.frameCount();
            ControlGrid grid = new ControlGrid(2, 2, 8, new float[4], new float[4]);
            AtlasTexture texture = new AtlasTexture(Picture.black(SIZE), Plane.empty(SIZE));
            Layer background = new Layer(Layer.Role.BACKGROUND, "background", Collections.nCopies(frames, grid), List.of(), List.of(), texture);
            AtlasQuality quality = new AtlasQuality(filled(frames, 30), filled(frames, staticPsnr), filled(frames, 1), 0, 1);
            Atlas atlas = new Atlas(id, clip.identity(), SIZE, SIZE, clip.rate(), List.of(background), quality);
            atlases.put(id, atlas);
            return atlas;
        }

        @Override
        public Edit edit(String id, Clip clip, Atlas atlas, EditRequest request, Surroundings around, Progress progress) {
            around.origin().ifPresent(part -> origins.add("edit " + clip.identity().firstFrame() + " from " + part.atlas().clip().firstFrame()));
            requests.add(request);
            progress.report("painting", 0.5);
            work.add("edit " + request.foreground());
            LayerEdit layer = new LayerEdit(0, Picture.black(SIZE), Plane.empty(SIZE));
            Edit edit = new Edit(id, atlas.id(), request, "fake", List.of(0), List.of(layer));
            if (keeps) {
                edits.put(id, edit);
            }
            return edit;
        }

        @Override
        public FrameRenderer renderer(Atlas atlas, Edit edit) {
            return new FrameRenderer() {
                @Override
                public int frameCount() {
                    return atlas.frameCount();
                }

                @Override
                public void render(int index, RgbFrame frame, RenderSettings settings) {
                    work.add("render " + index + " of " + atlas.clip().firstFrame());
                }

                @Override
                public void close() {
                    // owns nothing
                }
            };
        }
    }
}
