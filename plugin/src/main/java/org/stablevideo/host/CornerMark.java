package org.stablevideo.host;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.frame.RgbFrame;

/** The sign in the lower right corner of a picture that is not edited: an amber square, and a few words where there is room. */
final class CornerMark {

    private static final Logger LOG = LoggerFactory.getLogger(CornerMark.class);
    private static final Color AMBER = new Color(255, 176, 0);
    private static final Color RIM = new Color(32, 32, 32);
    private static final int SMALLEST = 6;

    private static String lastText = "";
    private static FrameSize lastSize;
    private static BufferedImage last;

    private CornerMark() {}

    /** Draws it. */
    static void draw(RgbFrame frame, String text) {
        FrameSize size = frame.size();
        BufferedImage label = label(text, size);
        int gap = Math.max(SMALLEST, size.shortSide() / 24) / 2;
        int left = Math.max(0, size.width() - gap - label.getWidth());
        int top = Math.max(0, size.height() - gap - label.getHeight());
        ByteBuffer pixels = frame.pixels();
        for (int y = 0; y < label.getHeight() && top + y < size.height(); y++) {
            for (int x = 0; x < label.getWidth() && left + x < size.width(); x++) {
                int rgb = label.getRGB(x, y);
                int at = ((top + y) * size.width() + left + x) * 3;
                pixels.put(at, (byte) (rgb >> 16)).put(at + 1, (byte) (rgb >> 8)).put(at + 2, (byte) rgb);
            }
        }
    }

    private static synchronized BufferedImage label(String text, FrameSize size) {
        if (last == null || !lastText.equals(text) || !size.equals(lastSize)) {
            last = paint(text, size);
            lastText = text;
            lastSize = size;
        }
        return last;
    }

    private static BufferedImage paint(String text, FrameSize size) {
        int height = Math.max(SMALLEST, size.shortSide() / 24);
        int width = height + textWidth(text, height, size.width());
        BufferedImage label = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = label.createGraphics();
        int rim = Math.max(1, height / 6);
        graphics.setColor(RIM);
        graphics.fillRect(0, 0, width, height);
        graphics.setColor(AMBER);
        graphics.fillRect(width - height + rim, rim, height - 2 * rim, height - 2 * rim);
        if (width > height) {
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setFont(font(height));
            graphics.setColor(Color.WHITE);
            graphics.drawString(text, rim, height - height / 4);
        }
        graphics.dispose();
        return label;
    }

    /** Pixels for the words: none where they do not fit or where the machine has no fonts. */
    private static int textWidth(String text, int height, int room) {
        if (text.isEmpty() || height < 12) {
            return 0;
        }
        try {
            BufferedImage scratch = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
            int width = scratch.createGraphics().getFontMetrics(font(height)).stringWidth(text) + height / 3;
            return width < room - 2 * height ? width : 0;
        } catch (RuntimeException | LinkageError e) {
            LOG.debug("no fonts: the mark stays without words", e);
            return 0;
        }
    }

    private static Font font(int height) {
        return new Font(Font.SANS_SERIF, Font.PLAIN, Math.max(8, height * 7 / 10));
    }
}
