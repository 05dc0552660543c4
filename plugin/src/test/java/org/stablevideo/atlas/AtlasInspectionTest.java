package org.stablevideo.atlas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;
import org.stablevideo.frame.Plane;
import org.stablevideo.problem.ProblemException;

class AtlasInspectionTest {

    @TempDir
    Path folder;

    /** Two frames of 4×4: a red background, a white object on the left half. */
    private static Atlas atlas() {
        FrameSize size = new FrameSize(4, 4);
        ControlGrid same = new ControlGrid(2, 2, 4, new float[] {0, 4, 0, 4}, new float[] {0, 0, 4, 4});
        byte[] left = new byte[16];
        byte[] red = new byte[48];
        byte[] white = new byte[48];
        java.util.Arrays.fill(white, (byte) 255);
        for (int i = 0; i < 16; i++) {
            left[i] = (byte) (i % 4 < 2 ? 255 : 0);
            red[3 * i] = (byte) 200;
        }
        Plane seen = new Plane(size, left);
        Plane matte = new Plane(size, left);
        Layer object = new Layer(Layer.Role.FOREGROUND, "object 1", List.of(same, same), List.of(matte, matte), List.of(),
                new AtlasTexture(new Picture(size, white), seen));
        Layer behind = new Layer(Layer.Role.BACKGROUND, "background", List.of(same, same), List.of(), List.of(),
                new AtlasTexture(new Picture(size, red), seen));
        return new Atlas("a", new ClipIdentity("x", "0123456789", 0, 2), size, size, new FrameRate(24, 1), List.of(object, behind),
                new AtlasQuality(new double[2], new double[2], new double[2], 0, 0));
    }

    @Test
    void shouldWriteTexturesMattesAndReconstruction() throws IOException {
        Atlas atlas = atlas();
        List<Path> files = new AtlasInspection(atlas).write(folder.resolve("out"), t -> Picture.black(atlas.solveSize()));

        assertEquals(List.of("atlas-0.png", "atlas-1.png", "mattes-0.png", "reconstruction.png", "health.png", "health.json"),
                files.stream().map(file -> file.getFileName().toString()).toList());
        assertEquals(0xffc80000, ImageIO.read(files.get(1).toFile()).getRGB(0, 0));
        assertEquals(0, ImageIO.read(files.get(1).toFile()).getRGB(3, 0) >>> 24, "texels never seen are transparent");
        assertEquals(0xffffffff, ImageIO.read(files.get(2).toFile()).getRGB(5, 1));
        assertEquals(0xff000000, ImageIO.read(files.get(2).toFile()).getRGB(7, 1));
        assertEquals(0xff000000, ImageIO.read(files.get(3).toFile()).getRGB(0, 0), "the source lies above");
        assertEquals(0xffffffff, ImageIO.read(files.get(3).toFile()).getRGB(1, 5));
        assertEquals(0xffc80000, ImageIO.read(files.get(3).toFile()).getRGB(3, 5));
    }

    @Test
    void shouldNameTheFolderThatCannotBeWritten() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        ProblemException e = assertThrows(ProblemException.class,
                () -> new AtlasInspection(atlas()).write(file.resolve("out"), t -> Picture.black(new FrameSize(4, 4))));

        assertTrue(e.problem().sentence().contains(file.toString()), e.problem().sentence());
    }
}
