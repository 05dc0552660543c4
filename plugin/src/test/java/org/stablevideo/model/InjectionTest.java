package org.stablevideo.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.tensor.SafetensorsFile;
import org.stablevideo.tensor.SafetensorsWriter;
import org.stablevideo.tensor.Script;

/** Pix2Video's attention, against a UNet whose attention is written the other way round, for this test alone. */
class InjectionTest {

    /** The whole UNet once more, but every decoder attention takes its context from lists, in plain softmax arithmetic. */
    private static final String REFERENCE =
            """
            def plain(self, p: str, x: Tensor, context: Tensor) -> Tensor:
              c = x.shape[2]
              q = self.linear(p + ".to_q", x)
              k = self.linear(p + ".to_k", context)
              v = self.linear(p + ".to_v", context)
              heads: List[Tensor] = []
              for i in range(8):
                a = i * (c // 8)
                b = a + c // 8
                scores = torch.matmul(q[:, :, a:b], k[:, :, a:b].transpose(1, 2)) / float((c // 8) ** 0.5)
                heads.append(torch.matmul(torch.softmax(scores, -1), v[:, :, a:b]))
              return self.linear(p + ".to_out.0", torch.cat(heads, 2))

            def reference(self, x: Tensor, t: Tensor, text: Tensor, first: List[Tensor], previous: List[Tensor]) -> Tensor:
              time = self.time(t)
              skips = self.encode(self.conv("conv_in", x, 1, 1), time, text)
              h = skips.pop()
              i = 0
              n = 0
              while self.has("up_blocks." + str(i) + ".resnets.0.conv1"):
                p = "up_blocks." + str(i)
                j = 0
                while self.has(p + ".resnets." + str(j) + ".conv1"):
                  h = self.resnet(p + ".resnets." + str(j), torch.cat([h, skips.pop()], 1), time, 1e-5)
                  a = p + ".attentions." + str(j)
                  if self.has(a + ".norm"):
                    b, c, height, width = h.shape[0], h.shape[1], h.shape[2], h.shape[3]
                    g = self.conv(a + ".proj_in", self.group_norm(a + ".norm", h, 1e-6), 1, 0)
                    g = g.permute([0, 2, 3, 1]).reshape([b, height * width, c])
                    q = a + ".transformer_blocks.0"
                    g = g + self.plain(q + ".attn1", self.layer_norm(q + ".norm1", g), torch.cat([first[n], previous[n]], 1))
                    g = g + self.plain(q + ".attn2", self.layer_norm(q + ".norm2", g), text)
                    f = torch.chunk(self.linear(q + ".ff.net.0.proj", self.layer_norm(q + ".norm3", g)), 2, -1)
                    g = g + self.linear(q + ".ff.net.2", f[0] * torch.gelu(f[1]))
                    h = h + self.conv(a + ".proj_out", g.reshape([b, height, width, c]).permute([0, 3, 1, 2]), 1, 0)
                    n = n + 1
                  j = j + 1
                if self.has(p + ".upsamplers.0.conv"):
                  h = self.upsample(p, h, skips[-1].shape[2], skips[-1].shape[3])
                i = i + 1
              return self.conv("conv_out", torch.silu(self.group_norm("conv_norm_out", h, 1e-5)), 1, 1)
            """;

    private static final double TOLERANCE = 2e-4;

    @TempDir static Path dir;
    private static LatentUNet unet;
    private static Script reference;

    @BeforeAll
    static void load() throws IOException {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        Gson gson = new Gson();
        try (Reader reader = new InputStreamReader(ModelCard.class.getResourceAsStream("goldens.json"), StandardCharsets.UTF_8)) {
            gson.fromJson(reader, JsonObject.class).getAsJsonObject("shapes").entrySet()
                    .forEach(e -> shapes.put(e.getKey(), gson.fromJson(e.getValue(), long[].class)));
        }
        shapes.keySet().removeIf(name -> !name.startsWith("unet."));
        Path path = dir.resolve("formula.safetensors");
        SafetensorsWriter.write(path, Map.of(), shapes, FormulaWeights::weights);
        StringBuilder text = new StringBuilder(REFERENCE);
        for (String resource : new String[] {"unet.ts", "encoder.ts", "blocks.ts"}) {
            text.append(new String(ModelCard.class.getResourceAsStream(resource).readAllBytes(), StandardCharsets.UTF_8)).append('\n');
        }
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            unet = new LatentUNet(file.weights("unet."));
            reference = Script.ofText("reference", text.toString());
            file.weights("unet.").pourInto(reference);
        }
    }

    @AfterAll
    static void close() {
        unet.close();
        reference.close();
    }

    @Test
    void shouldLookAtTheFirstAndThePreviousFrame() {
        try (NDManager scope = unet.scope()) {
            NDList first = features(scope, "first");
            NDList previous = features(scope, "previous");
            NDArray x = latents(scope, "current");
            NDArray t = scope.create(new float[] {401, 401});
            NDArray text = text(scope);
            NDList painted = unet.forwardInjected(scope, x, t, text, new NDList(), first, previous);
            float[] wanted = reference.call(scope, "reference", x, t, text, first, previous).singletonOrThrow().toFloatArray();
            assertArrayEquals(wanted, painted.get(0).toFloatArray(), (float) TOLERANCE);
            float[] alone = unet.forward(scope, x, t, text, new NDList()).toFloatArray();
            assertTrue(distance(wanted, alone) > 100 * TOLERANCE, "injection matters: " + distance(wanted, alone));
        }
    }

    @Test
    void shouldPaintAFrameThatLooksAtItselfAsAnyPicture() {
        try (NDManager scope = unet.scope()) {
            NDArray x = latents(scope, "current");
            NDArray t = scope.create(new float[] {77, 77});
            float[] alone = unet.forward(scope, x, t, text(scope), new NDList()).toFloatArray();
            NDList own = unet.forwardInjected(scope, x, t, text(scope), new NDList(), new NDList(), new NDList());
            assertArrayEquals(alone, own.get(0).toFloatArray());
            NDList features = own.subNDList(1);
            // twice the same tokens weigh as once
            NDList twice = unet.forwardInjected(scope, x, t, text(scope), new NDList(), features, features);
            assertArrayEquals(alone, twice.get(0).toFloatArray(), (float) TOLERANCE);
            assertArrayEquals(alone, unet.forward(scope, x, t, text(scope), new NDList()).toFloatArray(), "nothing stays behind");
        }
    }

    @Test
    void shouldForgetFeaturesOfACallThatBrokeOff() {
        try (NDManager scope = unet.scope()) {
            NDArray x = latents(scope, "current");
            NDArray t = scope.create(new float[] {77, 77});
            float[] alone = unet.forward(scope, x, t, text(scope), new NDList()).toFloatArray();
            NDList wrong = new NDList();
            features(scope, "first").forEach(f -> wrong.add(scope.create(new Shape(2, 3, 5))));
            org.junit.jupiter.api.Assertions.assertThrows(
                    IllegalStateException.class, () -> unet.forwardInjected(scope, x, t, text(scope), new NDList(), wrong, wrong));
            assertArrayEquals(alone, unet.forward(scope, x, t, text(scope), new NDList()).toFloatArray());
            assertEquals(2, x.getShape().get(0));
        }
    }

    private static NDList features(NDManager scope, String name) {
        NDArray t = scope.create(new float[] {401, 401});
        return unet.forwardInjected(scope, latents(scope, name), t, text(scope), new NDList(), new NDList(), new NDList()).subNDList(1);
    }

    private static NDArray latents(NDManager scope, String name) {
        return scope.create(FormulaWeights.noise(name, 2, 4, 10, 14), new Shape(2, 4, 10, 14));
    }

    private static NDArray text(NDManager scope) {
        return scope.create(FormulaWeights.noise("words", 2, 5, 48), new Shape(2, 5, 48));
    }

    private static double distance(float[] a, float[] b) {
        double most = 0;
        for (int i = 0; i < a.length; i++) {
            most = Math.max(most, Math.abs(a[i] - b[i]));
        }
        return most;
    }
}
