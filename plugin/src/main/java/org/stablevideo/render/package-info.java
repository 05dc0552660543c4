/** The compositor: edited atlases over the original pixels. */
package org.stablevideo.render;
