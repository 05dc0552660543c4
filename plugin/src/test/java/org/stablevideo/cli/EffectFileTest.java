package org.stablevideo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.model.ModelStore;
import org.stablevideo.preset.EffectParameter;
import org.stablevideo.preset.Preset;

class EffectFileTest {

    @TempDir
    private Path folder;

    @Test
    void shouldListWhatTheUserHas() throws IOException {
        String shipped = Files.readString(Path.of(System.getProperty("stablevideo.root"), "packaging/kdenlive/stablevideo.xml"));
        Preset own = new Preset("mine", "Black & white, $1", "", Map.of(EffectParameter.BACKGROUND, "grey"));
        String effect = EffectFile.with(shipped, List.of(own), new ModelStore(List.of(folder)));
        assertTrue(effect.contains("paramlist=\";mine\""), effect);
        assertTrue(effect.contains("<paramlistdisplay>None,Black &amp; white  $1<"), effect);
        assertTrue(effect.contains("paramlist=\"auto;pocket\""), "only installed models");
        assertEquals(shipped.lines().count(), effect.lines().count());
    }
}
