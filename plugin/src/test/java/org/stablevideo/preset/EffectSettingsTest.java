package org.stablevideo.preset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;

class EffectSettingsTest {

    @TempDir
    Path folder;

    @Test
    void shouldHaveADefaultThatReadsAsItsKindDemands() {
        for (EffectParameter parameter : EffectParameter.values()) {
            assertEquals(parameter.defaultText(), parameter.check(parameter.defaultText()), parameter.key());
            assertEquals(parameter, EffectParameter.named(parameter.key()).orElseThrow());
        }
    }

    @Test
    void shouldPreferTheUserThenThePresetThenTheDefault() {
        PresetLibrary library = new PresetLibrary(List.of(), folder);
        library.save(new Preset("p", "P", "", Map.of(EffectParameter.BACKGROUND, "snow", EffectParameter.LIGHT, "0.2", EffectParameter.SEED, "9")));

        EffectSettings settings =
                EffectSettings.of(Map.of("preset", " p ", "light", "0.70", "seed", "5", "background", "", "foreground", "a = b", "other", "x"), library);

        assertEquals("snow", settings.text(EffectParameter.BACKGROUND));
        assertEquals("a = b", settings.text(EffectParameter.FOREGROUND));
        assertEquals(0.2, settings.number(EffectParameter.LIGHT), "a default sent by the host yields to the preset");
        assertEquals(5, settings.integer(EffectParameter.SEED));
        assertEquals(0.6, settings.number(EffectParameter.DETAIL));
    }

    @Test
    void shouldReadAutomaticValuesAsEmpty() {
        EffectSettings none = EffectSettings.defaults();
        assertEquals(OptionalInt.empty(), none.steps());
        assertEquals(OptionalDouble.empty(), none.guidance());
        assertEquals(List.of(), none.keyframes());

        EffectSettings some = new EffectSettings(Map.of(
                EffectParameter.STEPS, "12", EffectParameter.GUIDANCE, "0.5", EffectParameter.KEYFRAMES, "40, 0,40"));
        assertEquals(OptionalInt.of(12), some.steps());
        assertEquals(OptionalDouble.of(1), some.guidance());
        assertEquals(List.of(40, 0), some.keyframes());
    }

    @Test
    void shouldReadWholeNumbersAsKdenliveWritesThem() {
        PresetLibrary library = new PresetLibrary(List.of(), folder);
        assertEquals(1979380000, EffectSettings.of(Map.of("seed", "1.97938e+09"), library).integer(EffectParameter.SEED));
        assertEquals(20, EffectSettings.of(Map.of("steps", " 20.000"), library).integer(EffectParameter.STEPS));
        assertEquals(-1, EffectSettings.of(Map.of("seed", "random"), library).integer(EffectParameter.SEED));
        assertThrows(ProblemException.class, () -> EffectSettings.of(Map.of("seed", "1.2345e+02"), library));
        assertThrows(ProblemException.class, () -> EffectSettings.of(Map.of("seed", "1e999"), library));
    }

    @Test
    void shouldNameParameterValueAndRangeOfWhatItRefuses() {
        for (List<String> bad : List.of(
                List.of("light", "1.5", "0 to 1"),
                List.of("seed", "-2", "-1 to 2000000000"),
                List.of("seed", "99999999999999999999", "-1 to 2000000000"),
                List.of("guidance", "NaN", "0 to 50"),
                List.of("strength", "0", "0.05 to 1"),
                List.of("quality", "ultra", "draft, good, best"),
                List.of("keyframes", "1-2", "0,40,79"))) {
            ProblemException e = assertThrows(
                    ProblemException.class,
                    () -> EffectSettings.of(Map.of(bad.get(0), bad.get(1)), new PresetLibrary(List.of(), folder)));
            assertTrue(e.problem() instanceof RequestInvalid);
            for (String word : bad) {
                assertTrue(e.problem().sentence().contains(word), e.problem().sentence());
            }
        }
    }
}
