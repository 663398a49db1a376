"""Makes in the current folder what --py-files, --files, --archives and --jars name: pack.py JAR CLASSES."""

import os
import subprocess
import sys
import tarfile
import zipfile


def word(where):
    return f'word = "from the {where}"\n'


def pack(name, files):
    with zipfile.ZipFile(name, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)


def write(path, content):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)


def about(name):
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"


write("from_module.py", word("module"))
pack("zipped.zip", {"from_zip/__init__.py": word("zip")})
pack("egg-1.0.egg", {"from_egg/__init__.py": word("egg"), "EGG-INFO/PKG-INFO": about("egg")})
pack(
    "wheel-1.0-py3-none-any.whl",
    {
        "from_wheel/__init__.py": word("wheel"),
        "wheel-1.0.dist-info/METADATA": about("wheel"),
        "wheel-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "wheel-1.0.dist-info/RECORD": "",
    },
)
write("notes.txt", "notes: grüße")
write("other-notes.txt", "other notes")

# As venv-pack does it: the folder of a virtual environment, and no folder around it.
subprocess.run([sys.executable, "-m", "venv", "--without-pip", "environment"], check=True)
packages = "environment/lib/python{}.{}/site-packages".format(*sys.version_info)
write(f"{packages}/from_environment/__init__.py", word("environment"))
with tarfile.open("environment.tar.gz", "w:gz") as archive:
    archive.add("environment", ".")

jar, classes = sys.argv[1:]
with zipfile.ZipFile(jar, "w") as archive:
    for folder, _, names in os.walk(classes):
        for name in names:
            path = os.path.join(folder, name)
            archive.write(path, os.path.relpath(path, classes))
