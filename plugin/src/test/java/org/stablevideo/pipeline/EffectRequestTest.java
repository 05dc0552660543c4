package org.stablevideo.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.stablevideo.problem.ProblemException;

class EffectRequestTest {

    private static final Function<String, Map<String, String>> SNOW =
            id -> Map.of("background", "deep snow", "light", "0.25", "foreground", "a sledge");

    @Test
    void shouldTakeDefaultsWhereNothingIsSaid() {
        EffectRequest request = EffectRequest.read(Map.of(), SNOW);
        assertFalse(request.edit().changesSomething());
        assertEquals(1, request.render().mix());
        assertEquals("auto", request.edit().model());
        assertTrue(request.edit().steps().isEmpty());
    }

    @Test
    void shouldLetParametersOverrideThePresetAndBlanksNot() {
        EffectRequest request = EffectRequest.read(Map.of("preset", "snow", "foreground", "a red car", "background", " "), SNOW);
        assertEquals("a red car", request.edit().foreground());
        assertEquals("deep snow", request.edit().background());
        assertEquals(0.25, request.render().light());
    }

    @Test
    void shouldKeepPromptsOfAnyCharactersOnOneLine() {
        String prompt = "a \"car\" = 50%\nwith <fire> & 🦢; done";
        assertEquals("a \"car\" = 50% with <fire> & 🦢; done", EffectRequest.read(Map.of("foreground", prompt), SNOW).edit().foreground());
    }

    @Test
    void shouldReadKeyframesInTheirOrder() {
        assertEquals(List.of(40, 3, 17), EffectRequest.read(Map.of("keyframes", "40, 3;17"), SNOW).edit().keyframes());
    }

    @ParameterizedTest
    @CsvSource({"mix,101", "light,-0.1", "strength,0", "seed,many", "steps,2.5", "guidance,51", "method,magic", "keyframes,first"})
    void shouldNameTheParameterThatIsOutOfRange(String name, String value) {
        ProblemException e = assertThrows(ProblemException.class, () -> EffectRequest.read(Map.of(name, value), SNOW));
        assertEquals("request-invalid", e.problem().code());
        assertTrue(e.getMessage().contains(name), e.getMessage());
    }
}
