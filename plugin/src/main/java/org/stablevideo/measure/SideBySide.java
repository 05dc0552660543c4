package org.stablevideo.measure;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.frame.FrameRate;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.Picture;

/**
 * Several clips in one picture, in a square grid (2×2 for up to four), each with its name; written as YUV4MPEG2, which every video program reads.
 */
public final class SideBySide {

    private static final Logger LOG = LoggerFactory.getLogger(SideBySide.class);
    private static final int WIDEST = 1920;

    /**
     * A clip of the grid.
     *
     * @param name shown in its corner
     * @param frame its frames, all clips' of one size
     */
    public record Cell(String name, IntFunction<Picture> frame) {}

    private final List<Cell> cells;
    private final FrameSize cell;
    private final int columns;
    private final int rows;

    /**
     * A grid.
     *
     * @param cells from left to right, then down; at least one
     * @param size size of their frames; reduced where the whole would be wider than 1920 pixels
     */
    public SideBySide(List<Cell> cells, FrameSize size) {
        this.cells = List.copyOf(cells);
        columns = (int) Math.ceil(Math.sqrt(cells.size()));
        rows = (cells.size() + columns - 1) / columns;
        double scale = Math.min(1, (double) WIDEST / (columns * size.width()));
        cell = new FrameSize(even(size.width() * scale), even(size.height() * scale));
    }

    private static int even(double pixels) {
        return 2 * (int) Math.max(1, Math.round(pixels / 2));
    }

    /** Size of the whole picture; both sides are even. */
    public FrameSize size() {
        return new FrameSize(columns * cell.width(), rows * cell.height());
    }

    /**
     * Writes all frames.
     *
     * @param count frames
     */
    public void write(Path file, int count, FrameRate rate) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            String header = "YUV4MPEG2 W" + size().width() + " H" + size().height() + " F" + rate.numerator() + ":" + rate.denominator()
                    + " Ip A1:1 C420jpeg\n";
            out.write(header.getBytes(StandardCharsets.US_ASCII));
            for (int t = 0; t < count; t++) {
                out.write("FRAME\n".getBytes(StandardCharsets.US_ASCII));
                out.write(yuv(frame(t)));
            }
        }
    }

    /** One frame of the grid. */
    BufferedImage frame(int index) {
        BufferedImage image = new BufferedImage(size().width(), size().height(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        for (int i = 0; i < cells.size(); i++) {
            int x = i % columns * cell.width();
            int y = i / columns * cell.height();
            graphics.drawImage(Stills.image(cells.get(i).frame.apply(index)), x, y, cell.width(), cell.height(), null);
            label(graphics, cells.get(i).name, x, y);
        }
        graphics.dispose();
        return image;
    }

    private void label(Graphics2D graphics, String name, int x, int y) {
        int height = Math.max(10, cell.height() / 18);
        try {
            graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, height));
            FontMetrics metrics = graphics.getFontMetrics();
            graphics.setColor(new Color(0, 0, 0, 150));
            graphics.fillRect(x, y, metrics.stringWidth(name) + height, height * 3 / 2);
            graphics.setColor(Color.WHITE);
            graphics.drawString(name, x + height / 2, y + height * 9 / 8);
        } catch (RuntimeException | LinkageError e) {
            LOG.debug("no fonts: the clips stay without names", e);
        }
    }

    /** Rec. 601 in the video range, colour at half the resolution, as melt reads it back. */
    private static byte[] yuv(BufferedImage image) {
        int w = image.getWidth();
        int h = image.getHeight();
        int[] rgb = image.getRGB(0, 0, w, h, null, 0, w);
        byte[] out = new byte[w * h * 3 / 2];
        for (int i = 0; i < rgb.length; i++) {
            int r = rgb[i] >> 16 & 255;
            int g = rgb[i] >> 8 & 255;
            int b = rgb[i] & 255;
            out[i] = (byte) Math.round(16 + 0.25679f * r + 0.50413f * g + 0.09791f * b);
        }
        for (int y = 0; y < h; y += 2) {
            for (int x = 0; x < w; x += 2) {
                float r = 0;
                float g = 0;
                float b = 0;
                for (int at : new int[] {y * w + x, y * w + x + 1, (y + 1) * w + x, (y + 1) * w + x + 1}) {
                    r += (rgb[at] >> 16 & 255) / 4f;
                    g += (rgb[at] >> 8 & 255) / 4f;
                    b += (rgb[at] & 255) / 4f;
                }
                int to = w * h + y / 2 * (w / 2) + x / 2;
                out[to] = (byte) Math.round(128 - 0.14822f * r - 0.29099f * g + 0.43922f * b);
                out[to + w * h / 4] = (byte) Math.round(128 + 0.43922f * r - 0.36779f * g - 0.07143f * b);
            }
        }
        return out;
    }
}
