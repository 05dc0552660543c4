package org.stablevideo.preset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.problem.PresetInvalid;
import org.stablevideo.problem.ProblemException;

class PresetLibraryTest {

    private static final Path SHIPPED = Path.of(System.getProperty("stablevideo.root"), "presets");

    @TempDir
    Path own;

    private PresetLibrary library;

    @BeforeEach
    void open() {
        library = new PresetLibrary(List.of(SHIPPED), own.resolve("deep/presets"));
    }

    @Test
    void shouldReadEveryShippedPreset() {
        assertEquals(Map.of(), library.broken());
        assertTrue(library.list().size() >= 8);
        assertEquals("a red car", library.get("red-car").values().get(EffectParameter.FOREGROUND));
    }

    @Test
    void shouldGiveBackWhatWasSaved() throws IOException {
        Preset preset = new Preset(
                "my-look",
                "Mein „Look“ = 1\n😀",
                "",
                Map.of(EffectParameter.FOREGROUND, "a \"b\" = c;\nd<&>", EffectParameter.LIGHT, "0.25", EffectParameter.SEED, "77"));

        library.save(preset);

        assertEquals(preset, library.get("my-look"));
        assertTrue(library.list().contains(preset));
        try (var files = Files.list(own.resolve("deep/presets"))) {
            assertEquals(1, files.count(), "no temporary file stays behind");
        }
    }

    @Test
    void shouldLetTheUsersPresetWinUntilItIsDeleted() {
        Preset mine = new Preset("red-car", "Mine", "", Map.of(EffectParameter.FOREGROUND, "a rusty car"));
        library.save(mine);
        assertEquals(mine, library.get("red-car"));

        library.delete("red-car");

        assertEquals("a red car", library.get("red-car").values().get(EffectParameter.FOREGROUND));
        assertMessage("belongs to the installation", () -> library.delete("red-car"));
    }

    @Test
    void shouldNameNearPresetsWhenOneIsUnknown() {
        assertMessage("Did you mean snowy-winter", () -> library.get("snow-winter"));
        assertMessage("Did you mean snowy-winter", () -> library.get("winter"));
        assertMessage("Known: autumn", () -> library.get("../../etc/passwd"));
    }

    @Test
    void shouldNameFileAndFieldOfAMalformedPreset() throws IOException {
        refuse("{\"schema\":1,\"id\":\"x\",\"title\":\"t\",\"forground\":\"a\"}", "Did you mean foreground");
        refuse("{\"schema\":1,\"id\":\"x\",\"title\":\"t\",\"light\":7}", "“7” in field light");
        refuse("{\"schema\":1,\"id\":\"x\",\"title\":\"t\",\"seed\":1.5}", "“1.5” in field seed");
        refuse("{\"schema\":1,\"id\":\"x\",\"title\":\"t\",\"mask\":\"m.png\"}", "field mask");
        refuse("{\"schema\":1,\"id\":\"x\",\"title\":\"t\",\"light\":{}}", "field light");
        refuse("{\"schema\":1,\"id\":\"x\"}", "field title");
        refuse("{\"schema\":2,\"id\":\"x\",\"title\":\"t\"}", "schema 2");
        refuse("{\"schema\":1,\"id\":\"y\",\"title\":\"t\"}", "calls itself “y”");
        refuse("{\"schema\":1,\"id\":\"A b\",\"title\":\"t\"}", "“A b”");
        refuse("{\"schema\":1,", "not JSON");
        refuse("[1]", "no JSON object");
        refuse("", "no JSON object");
    }

    @Test
    void shouldListTheGoodOnesBesideABrokenOne() throws IOException {
        int before = library.list().size();
        put("x", "{");

        assertEquals(before, library.list().size());
        assertEquals(1, library.broken().size());
    }

    @Test
    void shouldImportAndExport() throws IOException {
        Path file = own.resolve("export.json");
        library.exportTo("autumn", file);
        assertFalse(library.isOwn("autumn"));

        Preset imported = library.importFrom(file);

        assertEquals(library.get("autumn"), imported);
        assertTrue(library.isOwn("autumn"));
        assertMessage("There is no file", () -> library.importFrom(own.resolve("none.json")));
    }

    private void refuse(String json, String words) throws IOException {
        put("x", json);
        String message = assertMessage(words, () -> library.get("x"));
        assertTrue(message.contains("x.json"), message);
    }

    private void put(String id, String json) throws IOException {
        Files.createDirectories(own.resolve("deep/presets"));
        Files.writeString(own.resolve("deep/presets").resolve(id + ".json"), json);
    }

    private static String assertMessage(String words, org.junit.jupiter.api.function.Executable action) {
        ProblemException e = assertThrows(ProblemException.class, action);
        assertTrue(e.problem() instanceof PresetInvalid, e.problem().toString());
        assertTrue(e.problem().sentence().contains(words), e.problem().sentence());
        return e.problem().sentence();
    }

    /** As Kdenlive 22.12 writes it: every parameter with its type, numbers as numbers, an empty object for a preset that was deleted. */
    @Test
    void shouldReadWhatWasSavedInKdenlive(@TempDir Path folder) throws IOException {
        KdenlivePresets menu = new KdenlivePresets(folder.resolve("effects/presets/stablevideo.json"));
        PresetLibrary library = new PresetLibrary(List.of(), folder.resolve("own"), menu);
        library.save(new Preset("winter", "Winter", "", Map.of(EffectParameter.BACKGROUND, "snow", EffectParameter.STRENGTH, "0.6")));
        menu.put(library.listFiles());
        assertEquals(List.of("winter"), library.list().stream().map(Preset::id).toList(), "what is a file of ours is not told twice");

        String saved = """
                {"Mein Hüpfer!": [
                  {"DisplayName": "Object", "max": 0, "min": 0, "name": "foreground", "type": 16, "value": "a frog, green"},
                  {"name": "background", "value": ""}, {"name": "preset", "value": "winter"}, {"name": "seed", "value": 7},
                  {"name": "light", "value": 0.7}, {"name": "detail", "value": 0.25}, {"name": "quality", "value": "best"},
                  {"name": "mix", "value": "0=80"}, {"name": "results", "value": "svedit1;3;00"}, {"name": "foo", "value": true}]}, {},""";
        Files.writeString(menu.file(), "[" + saved + Files.readString(menu.file()).strip().substring(1));
        Preset frog = library.get("mein-hupfer");
        assertEquals("Mein Hüpfer!", frog.title());
        assertEquals(
                Map.of(EffectParameter.FOREGROUND, "a frog, green", EffectParameter.BACKGROUND, "snow", EffectParameter.STRENGTH, "0.6",
                        EffectParameter.SEED, "7", EffectParameter.DETAIL, "0.25", EffectParameter.QUALITY, "best", EffectParameter.MIX, "80"),
                frog.values());
        assertTrue(library.isInKdenlive("mein-hupfer") && !library.isInKdenlive("winter"));
        assertEquals("a frog, green", EffectSettings.of(Map.of("preset", "mein-hupfer"), library).text(EffectParameter.FOREGROUND));

        library.delete("mein-hupfer");
        assertEquals(List.of("winter"), library.list().stream().map(Preset::id).toList());
        Files.writeString(menu.file(), "[{");
        assertEquals(1, library.list().size(), "a damaged menu hides no file");
        assertTrue(library.broken().containsKey(menu.file()));
    }
}
