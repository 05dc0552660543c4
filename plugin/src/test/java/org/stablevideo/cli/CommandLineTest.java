package org.stablevideo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.atlas.SolverChoice;
import org.stablevideo.preset.EffectParameter;
import org.stablevideo.preset.Preset;
import org.stablevideo.preset.PresetLibrary;
import picocli.CommandLine;

class CommandLineTest {

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldExplainEveryCommand() {
        for (String name : Main.commandLine().getSubcommands().keySet()) {
            assertEquals(ExitCode.DONE, run(name, "--help"), name);
        }
        assertTrue(out.toString().contains("--background"), out.toString());
    }

    @Test
    void shouldEndWithUsageWhenNotUnderstood() {
        assertEquals(ExitCode.USAGE, run("rendr"));
        assertTrue(err.toString().contains("render"), err.toString());
        assertEquals(ExitCode.USAGE, run("render", "in.mp4"));
        assertEquals(ExitCode.USAGE, run("render", "in.mp4", "out.mp4", "--colour", "red"));
        assertEquals(ExitCode.USAGE, run("render", "in.mp4", folder.resolve("noending").toString(), "--foreground", "x"));
    }

    @Test
    void shouldTakeASolverWithItsLength() {
        String clip = folder.resolve("none.mp4").toString();
        try {
            assertEquals(ExitCode.FAILED, run("analyse", clip, "--solver", "nla", "--minutes", "2.5", "--batch", "256"));
            assertTrue(err.toString().contains("none.mp4"), err.toString());
            assertEquals("nla:2.5m:256", System.getProperty(SolverChoice.PROPERTY));
            run("analyse", clip, "--solver", "nla");
            assertEquals("nla:400000:10000", System.getProperty(SolverChoice.PROPERTY));
            run("inspect", clip, "--out", folder.toString(), "--solver", "grid");
            assertEquals("grid", System.getProperty(SolverChoice.PROPERTY));
            assertEquals(ExitCode.USAGE, run("analyse", clip, "--iterations", "500"));
            assertEquals(ExitCode.USAGE, run("analyse", clip, "--solver", "nla", "--iterations", "500", "--minutes", "2"));
            assertEquals(ExitCode.FAILED, run("analyse", clip, "--solver", "mesh"));
            assertTrue(err.toString().contains("“mesh” is no solver") && err.toString().contains("nla:40m"), err.toString());
        } finally {
            System.clearProperty(SolverChoice.PROPERTY);
        }
    }

    @Test
    void shouldNameTheThingAndTheWayOut() throws IOException {
        Path taken = Files.writeString(folder.resolve("taken.mp4"), "precious");
        assertEquals(ExitCode.FAILED, run("render", "in.mp4", taken.toString(), "--foreground", "x"));
        assertTrue(err.toString().contains("--overwrite"), err.toString());
        assertEquals("precious", Files.readString(taken));

        assertEquals(ExitCode.FAILED, run("render", "in.mp4", folder.resolve("o.mp4").toString(), "--light", "7"));
        assertTrue(err.toString().contains("0 to 1") && err.toString().contains("[request-invalid]"), err.toString());
        assertEquals(ExitCode.FAILED, run("edit", "in.mp4", "--foreground", " "));
        assertTrue(err.toString().contains("nothing to edit"), err.toString());
        assertEquals(ExitCode.FAILED, run("analyse", folder.resolve("none.mp4").toString()));
        assertTrue(err.toString().contains("none.mp4") && err.toString().contains("[clip-unreadable]"), err.toString());
        assertEquals(ExitCode.FAILED, run("compare", "in.mp4", "--foreground", "x", "--methods", "atlas,guess"));
        assertTrue(err.toString().contains("no method “atlas”") && err.toString().contains("sequential"), err.toString());
        assertEquals(ExitCode.FAILED, run("compare", "in.mp4", "--foreground", "x", "--keep", "clip"));
        assertTrue(err.toString().contains("compare keeps no edit") && err.toString().contains("stablevideo edit"), err.toString());
        assertEquals(ExitCode.FAILED, run("measure", taken.toString(), "--source", folder.resolve("gone.mp4").toString()));
        assertTrue(err.toString().contains("gone.mp4"), err.toString());
        assertEquals(ExitCode.FAILED, run("measure", taken.toString(), "--source", taken.toString(), "--iou"));
        assertTrue(err.toString().contains("--masks"), err.toString());
        assertEquals(ExitCode.FAILED, run("bench", folder.resolve("nowhere").toString()));
        assertTrue(err.toString().contains("nowhere"), err.toString());
        assertEquals(ExitCode.FAILED, run("bench", Files.createDirectory(folder.resolve("empty")).toString()));
        assertTrue(err.toString().contains("no clip in"), err.toString());
        assertEquals(ExitCode.FAILED, run("preset", "show", "snowy-wintr"));
        assertTrue(err.toString().contains("Did you mean snowy-winter"), err.toString());
    }

    @Test
    void shouldDrawASeedAndSayWhichItWas() {
        Set<String> drawn = new HashSet<>();
        for (String seed : List.of("random", "-1", "Random")) {
            assertEquals(ExitCode.FAILED, run("edit", folder.resolve("none.mp4").toString(), "--foreground", "x", "--seed", seed));
            Matcher said = Pattern.compile("seed (\\d+) was drawn: --seed \\1 gives").matcher(err.toString());
            assertTrue(said.find() && drawn.add(said.group(1)), err.toString());
            err.getBuffer().setLength(0);
        }
        run("edit", folder.resolve("none.mp4").toString(), "--foreground", "x", "--seed", "4");
        assertFalse(err.toString().contains("drawn"), err.toString());
        run("edit", folder.resolve("none.mp4").toString(), "--foreground", "x", "--seed", "-3");
        assertTrue(err.toString().contains("-1 to 2000000000"), err.toString());
    }

    @Test
    void shouldCountOnlyEditedFramesAsDone() throws IOException {
        Path file = folder.resolve("report.json");
        assertTrue(RenderReport.read(file).isEmpty());
        Files.writeString(file, "{\"frames\":60,\"edited\":59,\"passed\":0,\"failed\":1,\"message\":\"disk full\"}");
        assertFalse(RenderReport.read(file).orElseThrow().complete());
        assertEquals("disk full", RenderReport.read(file).orElseThrow().message());
        Files.writeString(file, "{\"frames\":60,\"edited\":60,\"passed\":0,\"failed\":0,\"message\":\"\"}");
        assertTrue(RenderReport.read(file).orElseThrow().complete());
        Files.writeString(file, "{\"frames\":60,\"edi");
        assertTrue(RenderReport.read(file).isEmpty());
    }

    @Test
    void shouldDrawABarOnATerminalAndLinesElsewhere() {
        assertEquals("  0 % reading\n 50 % reading\n100 % painting\n", drawn(false));
        assertTrue(drawn(true).startsWith("\r░"), drawn(true));
        assertTrue(drawn(true).endsWith("100 % painting\033[K\n"), drawn(true));
    }

    @Test
    void shouldSetUpTwiceAndTakeEverythingBack() throws IOException {
        PresetLibrary presets = new PresetLibrary(List.of(), folder.resolve("presets"));
        presets.save(new Preset("winter", "Winter", "", Map.of(EffectParameter.BACKGROUND, "snow", EffectParameter.LIGHT, "0.5")));
        Path data = folder.resolve("data");
        Path menu = data.resolve("kdenlive/effects/presets/stablevideo.json");
        Files.createDirectories(menu.getParent());
        Files.writeString(menu, "[{\"Mine\":[{\"name\":\"foreground\",\"value\":\"a cat\"}]}]");
        UserSetup setup = new UserSetup(new Installation(Path.of(System.getProperty("stablevideo.root")), Path.of("/bin/true")), data);

        setup.install(presets);
        String first = Files.readString(menu);
        String categories = Files.readString(data.resolve("kdenlive/kdenliveeffectscategory.rc"));
        setup.install(presets);

        assertEquals(first, Files.readString(menu));
        assertTrue(first.contains("\"Mine\"") && first.contains("\"Winter\"") && first.contains("\"snow\""), first);
        assertEquals(categories, Files.readString(data.resolve("kdenlive/kdenliveeffectscategory.rc")));
        assertTrue(categories.contains("<group list=\"stablevideo\">"), categories);
        assertTrue(Files.exists(data.resolve("kdenlive/effects/stablevideo.xml")));

        presets.save(new Preset("spring", "Spring", "", Map.of(EffectParameter.BACKGROUND, "flowers")));
        setup.showPresets(presets);
        assertTrue(Files.readString(menu).contains("\"Spring\"") && Files.readString(data.resolve("kdenlive/effects/stablevideo.xml")).contains(";spring;"));
        presets.delete("spring");
        setup.hidePreset("Spring", presets);
        assertFalse(Files.readString(menu).contains("Spring") || Files.readString(data.resolve("kdenlive/effects/stablevideo.xml")).contains(";spring;"));

        setup.remove();
        assertFalse(Files.exists(data.resolve("kdenlive/effects/stablevideo.xml")));
        assertFalse(Files.exists(data.resolve("stablevideo/mlt")) || Files.exists(data.resolve("stablevideo/shotcut")), "nor what is made for Shotcut");
        assertTrue(Files.readString(menu).contains("\"Mine\""), "what the user saved stays");
    }

    @Test
    void shouldRefuseDevicesThatAreNone() {
        assertEquals(ExitCode.USAGE, run("edit", "clip.mp4", "--foreground", "a ball", "--device", "tpu"));
        assertTrue(err.toString().contains("cuda:0"), err.toString());
    }

    @Test
    void shouldShowWhatTheEffectSaysWhileItWorks() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deque<String> tail = new ArrayDeque<>();
        try (ProgressLine progress = new ProgressLine(new PrintStream(bytes, true, StandardCharsets.UTF_8), false)) {
            RenderCommand.hear("stablevideo: painting key frame 3 34 % (this edit: about 4 min, 3.1 GB)", progress, tail);
            RenderCommand.hear("stablevideo: painting key frame 3 35 % (this edit: about 4 min, 3.1 GB)", progress, tail);
            RenderCommand.hear("stablevideo: something else", progress, tail);
        }
        assertEquals(List.of("this edit: about 4 min, 3.1 GB", " 34 % painting key frame 3"), bytes.toString(StandardCharsets.UTF_8).lines().toList());
        assertEquals(List.of("stablevideo: something else"), List.copyOf(tail));
    }

    private static String drawn(boolean terminal) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ProgressLine progress = new ProgressLine(new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal)) {
            progress.report("reading", 0);
            progress.report("reading", 0.5);
            progress.report("reading", 0.51);
            progress.report("painting", 1);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private int run(String... arguments) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }
}
