package org.stablevideo.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.stablevideo.problem.ClipUnreadable;
import org.stablevideo.problem.ProblemException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What the host makes of a file: asked of {@code melt} itself, so that it is what a render will see.
 *
 * @param file absolute path
 * @param frames number of frames, at least 1
 * @param width of a frame in pixels
 * @param height of a frame in pixels
 * @param hasAudio whether there is sound
 */
record RenderSource(Path file, int frames, int width, int height, boolean hasAudio) {

    private static final List<String> STILLS = List.of("qimage", "pixbuf");

    /**
     * Asks the host.
     *
     * @throws ProblemException with {@link ClipUnreadable} when there is no such file, or no picture in it
     */
    static RenderSource probe(HostProcess melt, Path given) {
        Path file = given.toAbsolutePath().normalize();
        if (!Files.exists(file)) {
            throw unreadable("There is no file " + file + ".", "Check the name.");
        }
        if (Files.isDirectory(file)) {
            throw unreadable(file + " is a folder.", "Give the clip itself.");
        }
        HostProcess.Answer answer = melt.ask(file.toString(), "-consumer", "xml");
        if (!answer.out().contains("<mlt ")) {
            throw unreadable("The host cannot open " + file + ".", "See whether it plays with: melt \"" + file + "\"");
        }
        return read(file, parse(answer.out(), file));
    }

    private static RenderSource read(Path file, Document mlt) {
        Element profile = first(mlt, "profile");
        Element producer = mlt.getElementsByTagName("producer").getLength() > 0 ? first(mlt, "producer") : first(mlt, "chain");
        String service = property(producer, "mlt_service");
        if (service.startsWith("avformat") && property(producer, "video_index").equals("-1")) {
            throw unreadable(file + " has no pictures, only sound.", "Give a clip with a video stream.");
        }
        if (service.equals("pango") || service.equals("kdenlivetitle")) {
            throw unreadable(file + " is text to the host, not a clip.", "Give a clip with a video stream.");
        }
        NodeList tractors = mlt.getElementsByTagName("tractor");
        Element whole = tractors.getLength() > 0 ? (Element) tractors.item(tractors.getLength() - 1) : producer;
        int frames = STILLS.contains(service) ? 1 : integer(whole, "out") - integer(whole, "in") + 1;
        boolean audio = !STILLS.contains(service) && !property(producer, "audio_index").equals("-1");
        return new RenderSource(file, Math.max(1, frames), integer(profile, "width"), integer(profile, "height"), audio);
    }

    private static Document parse(String xml, Path file) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new ProblemException(
                    new ClipUnreadable("The host's description of " + file + " cannot be read.", "See whether melt plays the file."), e);
        }
    }

    private static Element first(Document mlt, String tag) {
        Element element = (Element) mlt.getElementsByTagName(tag).item(0);
        if (element == null) {
            throw unreadable("The host found no " + tag + " in the file.", "See whether melt plays it.");
        }
        return element;
    }

    private static String property(Element producer, String name) {
        NodeList properties = producer.getElementsByTagName("property");
        for (int i = 0; i < properties.getLength(); i++) {
            Element property = (Element) properties.item(i);
            if (property.getAttribute("name").equals(name)) {
                return property.getTextContent();
            }
        }
        return "";
    }

    private static int integer(Element element, String attribute) {
        String text = element.getAttribute(attribute);
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    }

    private static ProblemException unreadable(String message, String remedy) {
        return new ProblemException(new ClipUnreadable(message, remedy));
    }
}
