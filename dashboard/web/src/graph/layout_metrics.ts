/** Room inside an open group: for its title above, and at its other sides. */
export const GROUP_TITLE = 26;
export const GROUP_PADDING = 14;
