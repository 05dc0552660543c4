package org.stablevideo.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stablevideo.edit.EditRequest;
import org.stablevideo.preset.EffectParameter;
import org.stablevideo.preset.Preset;
import org.stablevideo.preset.PresetLibrary;
import org.stablevideo.problem.ProblemException;

class EffectRequestTest {

    @TempDir
    private Path folder;

    private PresetLibrary presets;

    @BeforeEach
    void savePreset() {
        presets = new PresetLibrary(List.of(), folder);
        presets.save(new Preset(
                "snow",
                "Snow",
                "Winter for tests",
                Map.of(EffectParameter.BACKGROUND, "deep snow", EffectParameter.LIGHT, "0.25", EffectParameter.FOREGROUND, "a sledge")));
    }

    @Test
    void shouldTakeDefaultsWhereNothingIsSaid() {
        EffectRequest request = EffectRequest.read(Map.of(), presets);
        assertFalse(request.edit().changesSomething());
        assertEquals(1, request.render().mix());
        assertEquals("auto", request.edit().model());
        assertTrue(request.edit().steps().isEmpty());
    }

    @Test
    void shouldLetParametersOverrideThePresetAndBlanksNot() {
        EffectRequest request = EffectRequest.read(Map.of("preset", "snow", "foreground", "a red car", "background", " "), presets);
        assertEquals("a red car", request.edit().foreground());
        assertEquals("deep snow", request.edit().background());
        assertEquals(0.25, request.render().light());
    }

    @Test
    void shouldReadStructureAndEta() {
        EditRequest edit = EffectRequest.read(Map.of("control", "edges:0.8@0-0.6,depth", "eta", "0.5"), presets).edit();
        assertEquals("edges:0.8@0-0.6,depth", edit.control());
        assertEquals(0.5, edit.eta());
        assertThrows(ProblemException.class, () -> EffectRequest.read(Map.of("control", "pose"), presets));
        assertThrows(ProblemException.class, () -> EffectRequest.read(Map.of("eta", "2"), presets));
    }

    @Test
    void shouldKeepPromptsOfAnyCharactersOnOneLine() {
        String prompt = "a \"car\" = 50%\nwith <fire> & 🦢; done";
        EffectRequest request = EffectRequest.read(Map.of("foreground", prompt), presets);
        assertEquals("a \"car\" = 50% with <fire> & 🦢; done", request.edit().foreground());
    }

    @Test
    void shouldReadKeyframesInTheirOrderAndMixInPercent() {
        EffectRequest request = EffectRequest.read(Map.of("keyframes", "40, 3,17", "mix", "25"), presets);
        assertEquals(List.of(40, 3, 17), request.edit().keyframes());
        assertEquals(0.25, request.render().mix());
    }

    @Test
    void shouldLetQualityDecideTheStepsUnlessTheyAreGiven() {
        assertTrue(EffectRequest.read(Map.of("quality", "draft"), presets).edit().steps().getAsInt() < 15);
        assertEquals(33, EffectRequest.read(Map.of("quality", "draft", "steps", "33"), presets).edit().steps().getAsInt());
    }

    @Test
    void shouldTakeTheSeedThatWasDrawnAtTheLastApply() {
        String applied = new AppliedEdit(30, "abcdef01", OptionalLong.of(4711)).text();
        assertEquals("svedit1;30;abcdef01;seed 4711", applied);
        assertEquals(4711, EffectRequest.read(Map.of("seed", "-1", "results", applied), presets).edit().seed());
        assertEquals(4711, EffectRequest.read(Map.of("seed", "Random", "results", applied), presets).edit().seed());
        assertEquals(7, EffectRequest.read(Map.of("seed", "7", "results", applied), presets).edit().seed());
        assertTrue(EffectRequest.read(Map.of("seed", "-1", "results", "svedit1;30;abcdef01"), presets).edit().isUndrawn());
        EffectRequest undrawn = EffectRequest.read(Map.of("seed", "-1"), presets);
        assertTrue(undrawn.edit().isUndrawn());
        assertEquals(12, undrawn.withSeed(12).edit().seed());
    }

    @Test
    void shouldRefusePromptsThatAreBooks() {
        ProblemException e = assertThrows(
                ProblemException.class, () -> EffectRequest.read(Map.of("foreground", "x".repeat(20_001)), presets));
        assertEquals("request-invalid", e.problem().code());
    }

    @ParameterizedTest
    @CsvSource({"mix,101", "light,-0.1", "strength,0", "seed,many", "steps,2.5", "guidance,51", "method,magic", "keyframes,first"})
    void shouldNameTheParameterThatIsOutOfRange(String name, String value) {
        ProblemException e = assertThrows(ProblemException.class, () -> EffectRequest.read(Map.of(name, value), presets));
        assertEquals("request-invalid", e.problem().code());
        assertTrue(e.getMessage().contains(name), e.getMessage());
    }
}
