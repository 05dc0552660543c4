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
import org.stablevideo.model.InstalledModel;
import org.stablevideo.model.ModelStore;
import org.stablevideo.preset.EffectParameter;
import org.stablevideo.preset.Preset;
import org.stablevideo.tensor.SafetensorsWriter;

class EffectFileTest {

    @TempDir
    private Path folder;

    @Test
    void shouldListWhatTheUserHas() throws IOException {
        String shipped = Files.readString(Path.of(System.getProperty("stablevideo.root"), "packaging/kdenlive/stablevideo.xml"));
        Preset own = new Preset("mine", "Black & white, $1", "", Map.of(EffectParameter.BACKGROUND, "grey"));
        String effect = EffectFile.with(shipped, List.of(own), InstalledModel.in(new ModelStore(List.of(folder))));
        assertTrue(effect.contains("paramlist=\";mine\""), effect);
        assertTrue(effect.contains("<paramlistdisplay>None,Black &amp; white  $1<"), effect);
        assertTrue(effect.contains("paramlist=\"auto;pocket\""), "only installed models");
        assertEquals(shipped.lines().count(), effect.lines().count());
    }

    @Test
    void shouldListEveryCheckpointThatTheProgramCanUse() throws IOException {
        checkpoint("v1-5-pruned-emaonly.safetensors", 768);
        checkpoint("comics/my look.safetensors", 768);
        checkpoint("too;odd.safetensors", 768);
        checkpoint("xl.safetensors", 2048);
        Files.writeString(folder.resolve("broken.safetensors"), "nothing");
        List<InstalledModel> models = InstalledModel.in(new ModelStore(List.of(folder)));
        String shipped = Files.readString(Path.of(System.getProperty("stablevideo.root"), "packaging/kdenlive/stablevideo.xml"));
        String effect = EffectFile.with(shipped, List.of(), models);
        assertTrue(effect.contains("paramlist=\"auto;pocket;sd15;my look\""), effect);
        assertTrue(effect.contains("<paramlistdisplay>Automatic,Pocket (bundled),Stable Diffusion 1.5 (0.0 GB),my look (0.0 GB)<"), effect);
    }

    private void checkpoint(String name, long textWidth) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        SafetensorsWriter.sparse(file, Map.of(
                "model.diffusion_model.input_blocks.0.0.weight", new long[] {8, 4, 3, 3},
                "model.diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_k.weight", new long[] {8, textWidth}));
    }
}
