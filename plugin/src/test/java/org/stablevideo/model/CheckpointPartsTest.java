package org.stablevideo.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.stablevideo.problem.ModelInvalid;
import org.stablevideo.problem.ModelMissing;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.SafetensorsWriter;
import org.stablevideo.tensor.Weights;

/** Every tensor of the true Stable Diffusion 1.5 files, in the namings that there are; {@code sd15-names.tsv.gz} lists them. */
class CheckpointPartsTest {

    private static final List<Row> ROWS = rows();

    private record Row(String part, String ldm, String diffusers, long[] ldmShape, long[] shape) {}

    @TempDir Path folder;

    @Test
    void shouldReadEveryTensorOfACheckpoint() throws IOException {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        ROWS.stream().filter(row -> !row.part.equals("controlnet")).forEach(row -> shapes.put(row.ldm, row.ldmShape));
        shapes.put("model_ema.diffusion_modelinput_blocks00weight", new long[] {320, 4, 3, 3});
        shapes.put("cond_stage_model.transformer.text_model.embeddings.position_ids", new long[] {1, 77});
        shapes.put("betas", new long[] {1000});
        try (SafetensorsFile file = open(SafetensorsWriter.sparse(folder.resolve("v1-5.safetensors"), shapes))) {
            assertEquals(ModelKind.CHECKPOINT, ModelKind.of(file));
            agree("unet", CheckpointParts.unet(file), row -> row.ldmShape);
            agree("vae", CheckpointParts.autoencoder(file), row -> row.ldmShape);
            agree("clip", CheckpointParts.textEncoder(file), row -> row.ldmShape);
            assertEquals(859_520_964L, CheckpointParts.unet(file).parameters());
        }
    }

    @Test
    void shouldReadTheFilesOfDiffusers() throws IOException {
        for (String part : new String[] {"unet", "vae", "clip", "controlnet"}) {
            Map<String, long[]> shapes = new LinkedHashMap<>();
            ROWS.stream().filter(row -> row.part.equals(part)).forEach(row -> shapes.put(row.diffusers, row.shape));
            try (SafetensorsFile file = open(SafetensorsWriter.sparse(folder.resolve(part + ".safetensors"), shapes))) {
                Weights weights = switch (part) {
                    case "unet" -> CheckpointParts.unet(file);
                    case "vae" -> CheckpointParts.autoencoder(file);
                    case "clip" -> CheckpointParts.textEncoder(file);
                    default -> CheckpointParts.controlNet(file);
                };
                agree(part, weights, row -> row.shape);
            }
        }
    }

    @Test
    void shouldReadControlNetsInTheirThreeNamings() throws IOException {
        for (String prefix : new String[] {"control_model.", ""}) {
            Map<String, long[]> shapes = new LinkedHashMap<>();
            ROWS.stream().filter(row -> row.part.equals("controlnet")).forEach(row -> shapes.put(prefix + bare(row.ldm), row.ldmShape));
            try (SafetensorsFile file = open(SafetensorsWriter.sparse(folder.resolve("control.safetensors"), shapes))) {
                agree("controlnet", CheckpointParts.controlNet(file), row -> row.ldmShape);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = ModelKind.class, names = {"CONTROL_LORA", "XL", "SD2", "NEWER", "INPAINTING", "INSTRUCT", "ADAPTER", "EMBEDDING", "LORA", "UNKNOWN"})
    void shouldSayWhatItCannotUse(ModelKind kind) throws IOException {
        String unet = "model.diffusion_model.";
        String text = unet + "middle_block.1.transformer_blocks.0.attn2.to_k.weight";
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("other.weight", new long[] {1});
        shapes.put("more.weight", new long[] {1});
        switch (kind) {
            case CONTROL_LORA -> shapes.put("lora_controlnet", new long[] {1});
            case XL -> {
                shapes.put(unet + "input_blocks.0.0.weight", new long[] {8, 4, 3, 3});
                shapes.put("conditioner.embedders.1.model.ln_final.weight", new long[] {8});
            }
            case SD2, INPAINTING, INSTRUCT -> {
                shapes.put(unet + "input_blocks.0.0.weight", new long[] {8, kind == ModelKind.SD2 ? 4 : kind == ModelKind.INPAINTING ? 9 : 8, 3, 3});
                shapes.put(text, new long[] {8, kind == ModelKind.SD2 ? 1024 : 768});
            }
            case NEWER -> shapes.put("double_blocks.0.img_attn.qkv.weight", new long[] {4, 4});
            case ADAPTER -> shapes.put("ip_adapter.1.to_k_ip.weight", new long[] {4, 4});
            case EMBEDDING -> shapes.put("emb_params", new long[] {4, 768});
            case LORA -> shapes.put("lora_unet_mid_block_attentions_0_proj_in.lora_up.weight", new long[] {4, 4});
            default -> { }
        }
        Path path = SafetensorsWriter.sparse(folder.resolve("x.safetensors"), shapes);
        try (SafetensorsFile file = open(path)) {
            assertEquals(kind, ModelKind.of(file));
        }
        ProblemException refusal = assertThrows(ProblemException.class, () -> PictureFiles.of(new ModelStore(List.of(folder)), "x"));
        assertTrue(refusal.problem() instanceof ModelInvalid && refusal.getMessage().contains(path.toString()), refusal.getMessage());
        System.out.println(refusal.problem().sentence().replace(folder.toString(), "…"));
    }

    @Test
    void shouldFindTheHelpersOfACheckpointInOtherProgramsFolders() throws IOException {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        ROWS.stream().filter(row -> row.part.equals("unet")).forEach(row -> shapes.put(row.ldm, row.ldmShape));
        Path checkpoints = Files.createDirectories(folder.resolve("ComfyUI/models/checkpoints/sd15"));
        Path model = SafetensorsWriter.sparse(checkpoints.resolve("dreams.safetensors"), shapes);
        ModelStore store = new ModelStore(new ModelFolders(name -> null, folder).all());
        ProblemException missing = assertThrows(ProblemException.class, () -> PictureFiles.of(store, "dreams"));
        assertTrue(missing.problem() instanceof ModelMissing && missing.getMessage().contains("models pull canny"), missing.getMessage());
        Path nets = Files.createDirectories(folder.resolve("ComfyUI/models/controlnet"));
        Path canny = Files.write(nets.resolve("control_v11p_sd15_canny.safetensors"), new byte[] {1});
        PictureFiles files = PictureFiles.of(store, "dreams");
        assertEquals(List.of(model, canny), files.all());
        assertTrue(store.idOf("dreams").matches("dreams-[0-9a-f]{16}\\+control_v11p_sd15_canny-[0-9a-f]{16}"), store.idOf("dreams"));
    }

    /** Names in diffusers and shapes of a network. */
    static Map<String, long[]> rows(String part) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        ROWS.stream().filter(row -> row.part.equals(part)).forEach(row -> shapes.put(row.diffusers, row.shape));
        return shapes;
    }

    private static void agree(String part, Weights weights, Function<Row, long[]> shape) {
        Map<String, long[]> shapes = weights.shapes();
        List<Row> wanted = ROWS.stream().filter(row -> row.part.equals(part)).toList();
        for (Row row : wanted) {
            assertTrue(shapes.containsKey(row.diffusers), part + " lacks " + row.diffusers + " (" + row.ldm + ")");
            assertArrayEquals(shape.apply(row), shapes.get(row.diffusers), row.diffusers);
        }
        assertEquals(wanted.size(), shapes.keySet().stream().filter(name -> !name.endsWith("position_ids")).count(), part);
    }

    private static String bare(String ldm) {
        return ldm.replaceFirst("^control_model\\.", "");
    }

    private static SafetensorsFile open(Path path) {
        return SafetensorsFile.open(path);
    }

    private static List<Row> rows() {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(CheckpointPartsTest.class.getResourceAsStream("sd15-names.tsv.gz")), StandardCharsets.UTF_8))) {
            return reader.lines().skip(1).map(line -> line.split("\t")).map(c -> new Row(c[0], c[1], c[2], shape(c[3]), shape(c[4]))).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long[] shape(String text) {
        return Arrays.stream(text.replaceAll("[() ]", "").split(",")).filter(s -> !s.isEmpty()).mapToLong(Long::parseLong).toArray();
    }
}
