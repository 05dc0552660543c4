package org.stablevideo.preset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

class HostTextTest {

    @Test
    void shouldGiveBackAnyTextAndHideWhatTheHostWouldRead() {
        for (String text : new String[] {
            "", "a red car", "a=b; c", "\"quoted\"", "@1+2", "two\nlines\r\n", "pct:41", "100% \"x\"", "😀 été", "x".repeat(5000)
        }) {
            String property = HostText.encode(text);
            assertEquals(text, HostText.decode(property));
            assertFalse(property.startsWith("\"") || property.startsWith("@") || property.contains("\n"), property);
        }
        assertEquals("a red car", HostText.encode("a red car"), "plain text stays readable in projects");
        assertEquals("pct:%zz", HostText.decode("pct:%zz"), "what is no encoding is taken as it stands");
    }
}
