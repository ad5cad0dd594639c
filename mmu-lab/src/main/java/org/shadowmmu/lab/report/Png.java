package org.shadowmmu.lab.report;

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.view.FloatSize;
import com.github.weisj.jsvg.view.ViewBox;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import javax.imageio.ImageIO;
import org.shadowmmu.lab.BadInputException;

/** Charts as PNG, for what takes no SVG: on white, two pixels for each of the SVG's. */
public final class Png {
    private static final int SCALE = 2;

    private Png() {}

    /**
     * Draws a chart.
     *
     * @throws BadInputException if this machine has no fonts to draw with
     */
    public static byte[] of(String svg) {
        try {
            return draw(svg);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (LinkageError | InternalError e) {
            throw new BadInputException(
                    "PNG files need fonts, and Java finds none here; install some (Debian: apt-get install fontconfig"
                            + " fonts-dejavu-core) or use the SVG files.",
                    e);
        }
    }

    private static byte[] draw(String svg) throws IOException {
        byte[] text = ChartStyle.onPaper(svg).getBytes(StandardCharsets.UTF_8);
        SVGDocument document =
                new SVGLoader().load(new ByteArrayInputStream(text), null, LoaderContext.createDefault());
        if (document == null) {
            throw new IllegalStateException("a chart is no SVG");
        }
        FloatSize size = document.size();
        BufferedImage image = new BufferedImage(
                Math.round(SCALE * size.width), Math.round(SCALE * size.height), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        document.render((java.awt.Component) null, graphics, new ViewBox(image.getWidth(), image.getHeight()));
        graphics.dispose();
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        return png.toByteArray();
    }
}
