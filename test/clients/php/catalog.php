<?php
// A PHP caller of any service: SoapClient with a WSDL. One line of text a row.
//
//   php catalog.php VERSION WSDL URL,URL,... ROW...     VERSION: soap11 or soap12.
//
// A row: `GetScalars row=1 > EchoScalars` calls, then echoes what came. `^` before a name: in a SOAP header. No name:
// the value of a Body that is not wrapped.
[, $version, $wsdl, $urls] = $argv;
$rows = array_slice($argv, 4);
ini_set('default_socket_timeout', '20');
ini_set('precision', '17');

/** Any value on one line; strings in ASCII, numbers with their type. */
function dump(mixed $value): string
{
    if ($value === null) return 'null';
    if (is_bool($value)) return $value ? 'true' : 'false';
    if (is_int($value)) return "int $value";
    if (is_float($value)) return 'float ' . (is_finite($value) ? var_export($value, true) : (string) $value);
    if (is_string($value)) return strlen($value) > 2000 ? 'string ' . strlen($value) . ' ' . md5($value) : json_encode($value, JSON_INVALID_UTF8_SUBSTITUTE);
    if (is_array($value)) return '[' . implode(', ', array_map('dump', $value)) . ']';
    $members = get_object_vars($value);
    return get_class($value) . '(' . implode(', ', array_map(fn($name) => "$name: " . dump($members[$name]), array_keys($members))) . ')';
}

function told(SoapFault $fault): string
{
    return "fault $fault->faultcode, " . json_encode($fault->faultstring) . ', ' . dump($fault->detail ?? null);
}

/** The argument of a row, and its SOAP headers. */
function given(array $words, string $namespace): array
{
    [$argument, $headers] = [[], []];
    foreach ($words as $word) {
        [$name, $value] = explode('=', $word, 2);
        if ($name === '') $argument = $value;
        elseif ($name[0] !== '^') $argument[$name] = $value;
        else {
            [$header, $member] = explode('.', substr($name, 1)) + [1 => null];
            $headers[] = new SoapHeader($namespace, $header, $member === null ? $value : (object) [$member => $value]);
        }
    }
    return [$argument, $headers];
}

function run(SoapClient $client, string $row, string $namespace): void
{
    [$first, $echo] = explode(' > ', $row) + [1 => null];
    $words = explode(' ', $first);
    [$argument, $headers] = given(array_slice($words, 1), $namespace);
    try {
        $answerHeaders = [];
        $answer = $client->__soapCall($words[0], [$argument], null, $headers, $answerHeaders);
        echo "$row: ", dump($answer), $answerHeaders === [] ? '' : ', headers ' . dump((object) $answerHeaders), "\n";
        if ($echo === null) return;
        $value = $answer->{$words[0] . 'Result'} ?? null;
        $back = dump($client->__soapCall($echo, [['value' => $value]]));
        echo "$row, back: $back\n";
    } catch (SoapFault $fault) {
        echo "$row: ", told($fault), "\n";
    }
}

preg_match('/targetNamespace="([^"]+)"/', file_get_contents($wsdl), $found);
foreach (explode(',', $urls) as $url) {
    echo "# $url\n";
    $client = new SoapClient($wsdl, [
        'location' => $url,
        'soap_version' => $version === 'soap11' ? SOAP_1_1 : SOAP_1_2,
        'cache_wsdl' => WSDL_CACHE_NONE,
        'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
    ]);
    foreach ($rows as $row) run($client, $row, $found[1]);
}
