# suar_npm_install(folder work stamp): a build step that installs the packages of `folder`'s lock file
# into `work`, a folder of the build: the sources stay as they are, and two build folders do not meet in
# one node_modules. Sets `stamp` to the file that stands for it, to depend on.
function(suar_npm_install folder work stamp)
  find_program(SUAR_NPM npm)
  if(NOT SUAR_NPM)
    message(FATAL_ERROR "npm was not found; the front end needs Node.js 18.19 or newer. On Debian: "
      "apt-get install npm. To build the dashboard without its front end: -DSUAR_WEB=OFF.")
  endif()
  set(files package.json package-lock.json .npmrc)
  list(TRANSFORM files PREPEND "${folder}/")
  add_custom_command(OUTPUT "${work}.installed"
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${work}"
    COMMAND "${CMAKE_COMMAND}" -E copy ${files} "${work}"
    COMMAND "${CMAKE_COMMAND}" -E chdir "${work}"
      "${SUAR_NPM}" ci --ignore-scripts --no-audit --no-fund --loglevel=error
    COMMAND "${CMAKE_COMMAND}" -E touch "${work}.installed"
    DEPENDS ${files}
    COMMENT "Installing the packages of ${folder}"
    VERBATIM)
  set(${stamp} "${work}.installed" PARENT_SCOPE)
endfunction()
