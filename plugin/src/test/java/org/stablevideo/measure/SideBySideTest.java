package org.stablevideo.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;

class SideBySideTest {

    private static final FrameSize SIZE = new FrameSize(61, 43);

    @TempDir
    Path folder;

    private static SideBySide.Cell cell(String name, int level) {
        byte[] rgb = new byte[SIZE.rgbBytes()];
        java.util.Arrays.fill(rgb, (byte) level);
        return new SideBySide.Cell(name, t -> new Picture(SIZE, rgb));
    }

    @Test
    void shouldSetFourClipsTwoByTwo() {
        SideBySide grid = new SideBySide(List.of(cell("a", 10), cell("b", 80), cell("c", 150), cell("d", 220)), SIZE);
        assertEquals(new FrameSize(124, 88), grid.size());
        BufferedImage image = grid.frame(0);
        assertEquals(10, image.getRGB(55, 38) & 255);
        assertEquals(80, image.getRGB(120, 38) & 255);
        assertEquals(150, image.getRGB(55, 80) & 255);
        assertEquals(220, image.getRGB(120, 80) & 255);
    }

    @Test
    void shouldWriteAStreamThatVideoProgramsRead() throws IOException {
        SideBySide grid = new SideBySide(List.of(cell("", 255)), SIZE);
        Path file = folder.resolve("grid.y4m");
        grid.write(file, 3, new FrameRate(30000, 1001));
        byte[] all = Files.readAllBytes(file);
        String head = new String(all, 0, 80, StandardCharsets.US_ASCII).lines().findFirst().orElseThrow();
        assertEquals("YUV4MPEG2 W62 H44 F30000:1001 Ip A1:1 C420jpeg", head);
        assertEquals(head.length() + 1 + 3 * (6 + 62 * 44 * 3 / 2), all.length);
        int last = all.length - 62 * 44 / 2 - 1;
        assertEquals(235, all[last] & 255, "white");
        assertEquals(128, all[all.length - 1] & 255, "without colour");
    }

    @Test
    void shouldStayWithinTheWidthOfAScreen() {
        List<SideBySide.Cell> cells = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            cells.add(cell("c" + i, 30 * i));
        }
        FrameSize size = new SideBySide(cells, new FrameSize(1920, 1080)).size();
        assertEquals(new FrameSize(1920, 1080), size);
        assertTrue(new SideBySide(cells, SIZE).frame(0).getWidth() > 0);
    }
}
